/** Shell completion, made from the commands themselves. */
import { CommanderError, type Command } from 'commander'

const shells = ['bash', 'zsh', 'fish'] as const

export function addCompletion(program: Command): void {
  program.command('completion <shell>')
    .description(`print a completion script (${shells.join(', ')}), for instance: source <(interchange completion bash)`)
    .action((shell: string) => {
      const script = scripts[shell as (typeof shells)[number]] as (() => string) | undefined
      if (script === undefined) throw new CommanderError(2, 'interchange.shell', `There is no completion for ${shell}.`)
      process.stdout.write(script())
    })
  program.command('__complete [words...]', { hidden: true })
    .allowUnknownOption()
    .action((words: string[]) => { process.stdout.write(`${complete(program, words).join('\n')}\n`) })
}

/** What may stand for the last of `words`. */
export function complete(program: Command, words: string[]): string[] {
  const last = words.at(-1) ?? ''
  let command = program
  for (const word of words.slice(0, -1)) command = command.commands.find((each) => each.name() === word || each.aliases().includes(word)) ?? command
  const candidates = last.startsWith('-')
    ? [...command.options, ...program.options].map(({ long }) => long ?? '')
    : command.commands.filter((each) => !(each as unknown as { _hidden: boolean })._hidden).map((each) => each.name())
  return candidates.filter((candidate) => candidate !== '' && candidate.startsWith(last)).sort()
}

const scripts: Record<(typeof shells)[number], () => string> = {
  bash: () => `_interchange() {
  local IFS=$'\\n'
  COMPREPLY=($(interchange __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _interchange interchange
`,
  zsh: () => `#compdef interchange
_interchange() {
  local -a candidates
  candidates=(\${(f)"$(interchange __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -a candidates
  _files
}
compdef _interchange interchange
`,
  fish: () => `complete -c interchange -f -a '(interchange __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
}
