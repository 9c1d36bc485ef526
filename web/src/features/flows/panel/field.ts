/** What a field of a form is. `path` is from the task. What no field shows is edited in the text. */
import type { UseKind } from '../graph/use.ts'

/**
 * What an expression sees: `raw` what comes in before `input.from`, `input` what comes in after it, `output` what comes out before `output.as`,
 * `exported` what comes out after it, `round` what comes in with the loop's own item, `caught` with the error. `none`: nothing that is known beforehand.
 */
export type Moment = 'raw' | 'input' | 'output' | 'exported' | 'round' | 'caught' | 'none'

export interface Field {
  path: string
  label: string
  help?: string
  as: FieldKind
  moment?: Moment
  placeholder?: string
  required?: boolean
  /** Of a text: what it may be. */
  suggestions?: readonly string[]
  /** Of what is suggested. */
  summaries?: ReadonlyMap<string, string>
}

/**
 * `jq`: a program without `${ }`. `value`: anything, as YAML; `line`: a text, or anything else, in one line. `map`: names with values.
 * `next`: a task, or where a list is left to. `variants`: one of several members, each with what it begins as. `reusable`: the
 * name of something under `use`, or the thing itself. `authentication`: a policy or the name of one; `policy`: a policy.
 */
export type FieldKind = 'text' | 'code' | 'jq' | 'value' | 'line' | 'map' | 'integer' | 'duration' | 'lines' | 'switch' | 'next' | 'endpoint' | 'authentication' | 'policy'
  | { choices: readonly string[] } | { variants: Variants } | { reusable: UseKind, start: unknown }

export type Variants = Record<string, { label: string, start: unknown }>

export const field = (path: string, label: string, as: FieldKind, more: Omit<Field, 'path' | 'label' | 'as'> = {}): Field => ({ path, label, as, ...more })
