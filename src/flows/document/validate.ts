/** All that can be said of a document before it runs. */
import type { Jq } from '../../lib/jq/jq.ts'
import type { FlowDefinition } from '../definition.ts'
import { checkCalls, type Surroundings } from './calls.ts'
import { checkExpressions } from './expressions.ts'
import { hasErrors, MOST_FINDINGS, type Finding, type Note } from './finding.ts'
import { checkForm } from './form.ts'
import { checkOrder } from './order.ts'
import { visitParts } from './parts.ts'
import { checkReferences } from './references.ts'
import { checkSchedule, checkSettings } from './schedule.ts'
import { readSource, type ReadSource, type SourceFormat } from './source.ts'
import { listsOf, type Members } from './tasks.ts'
import { checkValues } from './values.ts'

export interface Validation {
  /** Undefined where there are errors. */
  definition: FlowDefinition | undefined
  /** By their places in the text. */
  findings: Finding[]
  /** What the document calls itself, as far as it says so. */
  identity: Identity
}

export interface Identity { namespace: string | undefined, name: string | undefined, version: string | undefined }

export interface ValidationDeps {
  jq: Jq
  /** The tenant's id. */
  batchKey: string
  surroundings: Surroundings
}

/** Syntax hides form, and form hides meaning: each is looked at where the one before is without fault. */
export async function validate(text: string, format: SourceFormat, { jq, batchKey, surroundings }: ValidationDeps): Promise<Validation> {
  const read = readSource(text, format)
  const notes: ReadSource['notes'] = [...read.notes]
  const report = (note: Note): void => { if (notes.length < MOST_FINDINGS) notes.push(note) }
  if (!hasErrors(notes)) checkForm(read.value, report)
  if (!hasErrors(notes)) {
    const definition = read.value as Members
    for (const list of listsOf(definition)) checkOrder(list, report)
    const [references, values] = [checkReferences(definition, report), checkValues(report)]
    visitParts(definition, (...each) => {
      references(...each)
      values(...each)
    })
    checkSettings(definition, report)
    checkSchedule(definition, report)
    await checkExpressions(definition, report, { jq, batchKey })
    await checkCalls(definition, report, surroundings)
  }
  return { definition: hasErrors(notes) ? undefined : read.value as FlowDefinition, findings: placed(notes, read), identity: identityOf(read.value) }
}

function placed(notes: ReadSource['notes'], { locate }: ReadSource): Finding[] {
  const seen = new Set<string>()
  const findings = notes.map(({ severity, code, pointer, detail, at, place }): Finding => ({ severity, code, pointer, detail, ...place ?? locate(pointer, at) }))
  return findings.sort((a, b) => a.line - b.line || a.column - b.column).filter(({ code, pointer, detail }) => {
    const key = JSON.stringify([code, pointer, detail])
    return !seen.has(key) && seen.add(key)
  })
}

/** What a document calls itself, whatever else is in it. */
export function identityOf(value: unknown): Identity {
  const { document } = (typeof value === 'object' && value !== null ? value : {}) as { document?: unknown }
  const { namespace, name, version } = (typeof document === 'object' && document !== null ? document : {}) as Members
  const text = (each: unknown): string | undefined => (typeof each === 'string' ? each : undefined)
  return { namespace: text(namespace), name: text(name), version: text(version) }
}
