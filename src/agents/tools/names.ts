/**
 * Names of tools: `<integration>__<operation>`. Every client takes at most 64 of `A-Za-z0-9_-`; services and their operations are called anything.
 * A part that is such a name already stays as it is, every other one is written so and gets a hash of what it stands for. So two tools never
 * have one name, and a name depends on nothing but what it names.
 */
import { createHash } from 'node:crypto'

const FIRST_LENGTH = 24
const SECOND_LENGTH = 38
const HASH_LENGTH = 8
const BETWEEN = '__'

/** No integration's own part: what stands before the names of flows. */
const reserved = new Set(['flow', 'agent'])

/** `ambiguous`: several integrations have this name; then the id tells them apart. */
export function integrationPart({ id, name }: { id: string, name: string }, ambiguous: boolean): string {
  return !ambiguous && isPlain(name, FIRST_LENGTH) && !reserved.has(name) ? name : written(name, FIRST_LENGTH, ambiguous ? id : name)
}

export function operationPart(id: string): string {
  return isPlain(id, SECOND_LENGTH) ? id : written(id, SECOND_LENGTH, id)
}

/** `flowId`: `name` or `namespace/name`. */
export function flowToolName(flowId: string): string {
  return toolName('flow', operationPart(flowId))
}

export function toolName(first: string, second: string): string {
  return first + BETWEEN + second
}

/** Undefined for what is no name of such a tool. */
export function splitToolName(name: string): { first: string, second: string } | undefined {
  const at = name.indexOf(BETWEEN)
  return at < 1 || name.length > FIRST_LENGTH + BETWEEN.length + SECOND_LENGTH ? undefined : { first: name.slice(0, at), second: name.slice(at + BETWEEN.length) }
}

/** Nothing that could be taken for another part's end or hash. */
function isPlain(text: string, longest: number): boolean {
  return text.length <= longest && /^[A-Za-z0-9-][A-Za-z0-9_-]*$/.test(text) && !text.includes(BETWEEN) && !text.endsWith('_') && !/-[0-9a-f]{8}$/.test(text)
}

function written(text: string, longest: number, stands: string): string {
  const readable = text.replace(/[^A-Za-z0-9-]+/g, '_').replace(/^_+/, '').slice(0, longest - HASH_LENGTH - 1).replace(/[_-]+$/, '')
  return `${readable === '' ? 'x' : readable}-${createHash('sha256').update(stands).digest('hex').slice(0, HASH_LENGTH)}`
}
