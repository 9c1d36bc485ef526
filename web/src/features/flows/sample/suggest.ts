/** What may come next in a jq program, from what the data holds at that point. */
import type { Suggestion } from '../../../components/code/line-editor.tsx'
import { isMembers } from '../graph/tasks.ts'
import { builtins, formats, keywords } from './builtins.ts'

export interface Known { input: unknown, variables: Record<string, unknown> }
export interface Suggested { length: number, options: Suggestion[] }

const PATH = String.raw`(?:\$\w+)?(?:\.\w+|\.?\["[^"]*"\]|\.?\[\d*\]|\."[^"]*")*`
const variableAt = /\$\w*$/
const memberAt = new RegExp(`(${PATH})\\.(\\w*)$`)
const wordAt = /(?:^|[\s|(,;[{:+*/<>=!-])(@?\w+)$/

/** `before`: the text before the cursor; `isBare`: all of it is jq, else what stands in `${`. */
export function suggest(before: string, { input, variables }: Known, isBare: boolean): Suggested | undefined {
  const program = isBare && !before.includes('${') ? before : openProgram(before)
  if (program === undefined) return undefined
  const [variable] = variableAt.exec(program) ?? []
  if (variable !== undefined) return { length: variable.length, options: Object.keys(variables).map((name) => ({ label: `$${name}`, detail: kindOf(variables[name]), kind: 'variable' as const })) }
  const member = memberAt.exec(program)
  if (member !== null) return membersOf(program.slice(0, member.index), member[1]!, member[2]!, { input, variables })
  const [, word] = wordAt.exec(program) ?? []
  return word === undefined ? undefined : { length: word.length, options: [...builtins.map((label) => ({ label, kind: 'function' as const })), ...keywords.map((label) => ({ label, kind: 'keyword' as const })), ...formats.map((label) => ({ label, kind: 'function' as const }))] }
}

/** Of the last `${` that nothing closes yet. */
function openProgram(text: string): string | undefined {
  const at = text.lastIndexOf('${')
  if (at === -1) return undefined
  const program = text.slice(at + 2)
  const depth = [...program.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')].reduce((sum, char) => sum + (char === '{' ? 1 : char === '}' ? -1 : 0), 0)
  return depth < 0 ? undefined : program
}

function membersOf(ahead: string, path: string, typed: string, known: Known): Suggested | undefined {
  const base = path.startsWith('$') ? known.input : inputAt(ahead, known)
  const value = base === undefined && !path.startsWith('$') ? undefined : follow(path, { ...known, input: base })
  if (!isMembers(value)) return undefined
  return { length: typed.length, options: Object.entries(value).map(([name, each]) => ({ label: /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name), detail: kindOf(each), kind: 'property' })) }
}

/** What `.` is behind the pipes before; undefined where that takes more than paths. */
function inputAt(ahead: string, known: Known): unknown {
  const opened = ahead.lastIndexOf('(')
  const stages = ahead.slice(opened + 1).split('|')
  // Within `map(…)` and `select(…)`: an item of what was there.
  const [, call] = opened === -1 ? [] : /(\w+)\s*$/.exec(ahead.slice(0, opened)) ?? []
  let input = opened === -1 ? known.input : inputAt(ahead.slice(0, opened).replace(/\w+\s*$/, ''), known)
  if (call === 'map' || (call !== undefined && call.endsWith('_by'))) input = first(input)
  for (const stage of stages.slice(0, -1)) {
    if (!new RegExp(`^(?:${PATH}|\\.)$`).test(stage.trim())) return /^select\(|^sort|^unique|^reverse/.test(stage.trim()) ? input : undefined
    input = follow(stage.trim(), { ...known, input })
  }
  return input
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] as unknown : isMembers(value) ? Object.values(value)[0] : undefined)

function follow(path: string, { input, variables }: Known): unknown {
  const [, variable] = /^\$(\w+)/.exec(path) ?? []
  let value = variable === undefined ? input : variables[variable]
  for (const [, name, quoted, at, index] of path.matchAll(/\.(\w+)|\."([^"]*)"|\["([^"]*)"\]|\[(\d*)\]/g)) {
    const key = name ?? quoted ?? at
    value = key !== undefined ? (isMembers(value) && Object.hasOwn(value, key) ? value[key] : undefined) : index === '' ? first(value) : Array.isArray(value) ? value[Number(index)] as unknown : undefined
  }
  return value
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return `array of ${value.length}`
  return typeof value === 'string' ? JSON.stringify(value).slice(0, 40) : typeof value === 'object' ? 'object' : String(value)
}
