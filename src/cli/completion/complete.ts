/** What may stand for the last word of a command line, from the commands themselves and from the hub where it answers at once. */
import type { Argument, Command, Option } from 'commander'
import { isHarmless } from '../output.ts'

/** Asks the hub; each may take its time, whoever calls gives up by itself. `typed` is what the name begins with. */
export interface Names {
  integration(typed: string): Promise<string[]>
  connector(typed: string): Promise<string[]>
  credential(typed: string): Promise<string[]>
  agent(typed: string): Promise<string[]>
  flow(typed: string): Promise<string[]>
  webhook(typed: string): Promise<string[]>
  'webhook-source'(typed: string): Promise<string[]>
  operation(typed: string, of: { integration?: string, connector?: string }): Promise<string[]>
}

interface Place {
  command: Command
  /** What was given before, of the command's own arguments. */
  given: string[]
  /** Whose value is being typed. */
  option: Option | undefined
}

export async function complete(program: Command, words: string[], names: Names): Promise<string[]> {
  const typed = words.at(-1) ?? ''
  const place = findPlace(program, words.slice(0, -1))
  const candidates = await candidatesFor(place, typed, names)
  return [...new Set(candidates)].filter((candidate) => candidate !== '' && candidate.startsWith(typed) && isHarmless(candidate)).sort()
}

/** What stands for an option in words that were typed, such as `--url`. */
export function optionValue(words: string[], flag: string): string | undefined {
  const joined = words.find((word) => word.startsWith(`${flag}=`))
  const at = words.indexOf(flag)
  return joined?.slice(flag.length + 1) ?? (at === -1 ? undefined : words[at + 1])
}

function findPlace(program: Command, words: string[]): Place {
  let command = program
  let given: string[] = []
  let option: Option | undefined
  for (const word of words) {
    if (option !== undefined) option = undefined
    else if (word.startsWith('-') && word !== '-') option = awaitsValue(command, word)
    else {
      const below = given.length === 0 ? command.commands.find((each) => each.name() === word || each.aliases().includes(word)) : undefined
      if (below === undefined) given.push(word)
      command = below ?? command
    }
  }
  return { command, given, option }
}

function awaitsValue(command: Command, word: string): Option | undefined {
  return optionsOf(command).find((option) => (option.short === word || option.long === word) && (option.required || option.optional))
}

function optionsOf(command: Command): Option[] {
  return [...command.options, ...command.parent === null ? [] : optionsOf(command.parent), ...defaultCommand(command)?.options ?? []]
}

/** `interchange executions --status` means `executions list --status`. */
function defaultCommand(command: Command): Command | undefined {
  const { _defaultCommandName: name } = command as unknown as { _defaultCommandName?: string }
  return command.commands.find((each) => each.name() === name)
}

async function candidatesFor({ command, given, option }: Place, typed: string, names: Names): Promise<string[]> {
  if (option !== undefined) return option.argChoices ?? named(valueName(option), { typed, given, names, command })
  if (typed.startsWith('-')) return ['--help', ...optionsOf(command).flatMap(({ long, hidden }) => (long === undefined || hidden ? [] : [long]))]
  const own = argumentAt(command, given.length) ?? argumentAt(defaultCommand(command), given.length)
  const below = given.length === 0 ? command.commands.filter((each) => !isHidden(each)).map((each) => each.name()) : []
  if (own === undefined) return below
  return [...below, ...own.argChoices ?? await named(own.name(), { typed, given, names, command })]
}

function argumentAt(command: Command | undefined, index: number): Argument | undefined {
  const { registeredArguments = [] } = command ?? {}
  return registeredArguments[index] ?? (registeredArguments.at(-1)?.variadic ? registeredArguments.at(-1) : undefined)
}

/** `<integration>` of `--integration <integration>`. */
function valueName({ flags }: Option): string {
  return /[<[]([^>\]]+)/.exec(flags)?.[1] ?? ''
}

interface Asking { typed: string, given: string[], names: Names, command: Command }

async function named(kind: string, { typed, given, names, command }: Asking): Promise<string[]> {
  if (kind === 'integration' || kind === 'connector' || kind === 'credential' || kind === 'agent' || kind === 'flow' || kind === 'webhook' || kind === 'webhook-source') return names[kind](typed)
  if (kind !== 'operation') return []
  const owner = argumentAt(command, 0)?.name()
  return owner === 'integration' || owner === 'connector' ? names.operation(typed, { [owner]: given[0] }) : []
}

function isHidden(command: Command): boolean {
  return (command as unknown as { _hidden: boolean })._hidden
}
