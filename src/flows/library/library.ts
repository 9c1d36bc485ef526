/**
 * Predefined flows. Each is one file: first what it needs and what it can be told, then the document, in which `{{name}}` stands for a parameter.
 * One without parameters that is named in `present` is there in every tenant, unless the tenant has a flow of its own by that name.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { HubError } from '../../errors.ts'
import { compileSchema } from '../../lib/json/schema.ts'
import type { FlowDefinition } from '../definition.ts'
import type { FlowFacts } from '../definitions-store.ts'
import { splitDocuments } from '../document/source.ts'

const files = ['send-summary-email', 'webhook-to-zulip', 'failed-health-check-email', 'report-by-email', 'approval-before-operation', 'nightly-api-to-file'] as const
const present: ReadonlySet<string> = new Set(['send-summary-email'])

export interface LibraryFlow {
  id: string
  title: string
  description: string
  /** It can be run without being installed. */
  present: boolean
  needs: { credentials?: { id: string, connector: string }[] }
  /** Name → JSON Schema, with `default` where it may be left out. */
  parameters: Record<string, Record<string, unknown>>
  /** Of the document, with its placeholders. */
  source: string
}

export interface PresentFlow { facts: FlowFacts, version: string, definition: FlowDefinition, source: string }

const known = new Map<string, LibraryFlow>()

/** Read when somebody asks: a hub at rest has no need of it. */
export function listLibrary(): LibraryFlow[] {
  return files.map((id) => {
    let flow = known.get(id)
    if (flow === undefined) known.set(id, flow = readFlow(id))
    return flow
  })
}

function readFlow(id: string): LibraryFlow {
  const [head, document] = splitDocuments(readFileSync(new URL(`./${id}.yaml`, import.meta.url), 'utf8'))
  const { description, needs, parameters = {} } = parse(head!.text) as Pick<LibraryFlow, 'description' | 'needs'> & Partial<Pick<LibraryFlow, 'parameters'>>
  const source = document!.text.replace(/^---\n/, '')
  return { id, title: /^ {2}title: (.+)$/m.exec(source)![1]!, description, present: present.has(id), needs, parameters, source }
}

/** Throws HubError `not_found`. */
export function findInLibrary(id: string): LibraryFlow {
  const found = listLibrary().find((flow) => flow.id === id)
  if (found === undefined) throw new HubError('not_found', 'The library has no such flow.')
  return found
}

/** The document with its parameters. Values stand there as JSON, which YAML takes for values whatever is in them. Throws HubError `invalid_input`. */
export function fillIn({ source, parameters }: LibraryFlow, given: Record<string, unknown>): string {
  const required = Object.entries(parameters).flatMap(([name, { default: standard }]) => (standard === undefined ? [name] : []))
  const faults = compileSchema({ type: 'object', properties: parameters, required, additionalProperties: false })(given)
  if (faults.length > 0) {
    const errors = faults.map(({ pointer, detail }) => ({ pointer: `/parameters${pointer}`, detail }))
    throw new HubError('invalid_input', `${errors[0]!.pointer}: ${errors[0]!.detail}`, { errors })
  }
  return source.replaceAll(/\{\{(\w+)\}\}/g, (_placeholder, name: string) => JSON.stringify(Object.hasOwn(given, name) ? given[name] : parameters[name]!['default']))
}

let ready: Map<string, PresentFlow> | undefined

/** By `namespace/name`. */
export function presentFlows(): ReadonlyMap<string, PresentFlow> {
  ready ??= new Map(listLibrary().filter(({ present }) => present).map(({ source }) => {
    const definition = parse(source) as FlowDefinition
    const { namespace, name, version } = definition.document
    return [`${namespace}/${name}`, { facts: { id: idOf(`${namespace}/${name}`), namespace, name, enabled: true, latestVersion: version }, version, definition, source }]
  }))
  return ready
}

/** The same in every hub and tenant, in the form of a UUID (version 8 of RFC 9562). */
function idOf(name: string): string {
  const hash = createHash('sha256').update(`interchange library ${name}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
