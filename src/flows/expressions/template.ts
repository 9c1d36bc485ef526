/** Values with expressions in them, taken apart once and evaluated often. */
import { boundedCache } from '../../lib/bounded-cache.ts'
import { onlyProgram, partsOf } from './parts.ts'

export interface Template {
  /** What must be evaluated to fill it. */
  programs: string[]
  /** From the programs' results, in their order. */
  fill(results: readonly unknown[]): unknown
}

export interface TemplateOptions {
  /** The text is jq, with or without `${ }` around it: conditions, and what `input.from`, `output.as`, `export.as`, `for.in` take. */
  bare?: boolean
  /** Every text may be jq. */
  loose?: boolean
}

const ofText = boundedCache<Template>(5000)
const ofObject = { strict: new WeakMap<object, Template>(), loose: new WeakMap<object, Template>() }

/** The same object is read once and must not change after. */
export function templateOf(source: unknown, { bare = false, loose = false }: TemplateOptions = {}): Template {
  if (typeof source === 'string') {
    const key = `${bare ? 'b' : ''}${loose ? 'l' : ''}:${source}`
    let template = ofText.get(key)
    if (template === undefined) ofText.set(key, template = bare ? programTemplate(onlyProgram(source) ?? source) : textTemplate(source, loose))
    return template
  }
  if (typeof source !== 'object' || source === null) return literal(source)
  const known = loose ? ofObject.loose : ofObject.strict
  let template = known.get(source)
  if (template === undefined) known.set(source, template = objectTemplate(source, loose))
  return template
}

/** What stands before a program of the loose mode: where it fails, the text itself is the value. */
export const LOOSE = '\0'

function programTemplate(program: string): Template {
  return { programs: [program], fill: ([result]) => result }
}

function literal(value: unknown): Template {
  return { programs: [], fill: () => value }
}

function textTemplate(text: string, loose: boolean): Template {
  const only = onlyProgram(text)
  if (only !== undefined) return programTemplate(only)
  const parts = partsOf(text)
  const programs = parts.flatMap((part) => ('program' in part ? [part.program] : []))
  if (programs.length === 0) return loose ? programTemplate(LOOSE + text) : literal(text)
  return {
    programs,
    fill(results) {
      let next = 0
      return parts.map((part) => ('text' in part ? part.text : shown(results[next++]))).join('')
    },
  }
}

/** Within a text, a text stands as it is, nothing where there is none, and everything else as JSON. */
function shown(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}

function objectTemplate(source: object, loose: boolean): Template {
  const entries = Object.entries(source).map(([key, value]): [string, Template, number] => [key, templateOf(value, { loose }), 0])
  let count = 0
  for (const entry of entries) {
    entry[2] = count
    count += entry[1].programs.length
  }
  if (count === 0) return literal(source)
  const programs = entries.flatMap(([, template]) => template.programs)
  const filled = (results: readonly unknown[]): [string, unknown][] => entries.map(([key, template, from]) => [key, template.fill(results.slice(from, from + template.programs.length))])
  if (Array.isArray(source)) return { programs, fill: (results) => filled(results).map(([, value]) => value) }
  return { programs, fill: (results) => Object.fromEntries(filled(results)) }
}
