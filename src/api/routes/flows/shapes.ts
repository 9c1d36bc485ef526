/** Flows as the API takes and gives them. */
import { z } from 'zod'
import { findingCodes } from '../../../flows/document/finding.ts'
import { decodeSource } from '../../../flows/document/source.ts'
import { flowIdOf } from '../../../flows/flow-id.ts'
import type { FlowRow, FlowSource, StoredFlow, VersionRow } from '../../../flows/flows.ts'
import { timestamp } from '../../route.ts'
import { contentTypeOf } from '../connectors/import.ts'

export const tag = 'Flows'
/** YAML of that size is refused by `document/source.ts` already; JSON may say the same in more bytes. */
export const MOST_BODY_BYTES = 1024 * 1024

export const flowParam = z.object({ flow: z.string().min(1).max(200).describe('The flow: its name, or its namespace and name with a slash between them, encoded (`orders%2Fship`).') })
export const versionParam = flowParam.extend({ version: z.string().min(1).max(200).describe('A version of the flow, for instance `1.0.0`.') })
const version = z.string().describe('Semantic version of the document.')
const place = { namespace: z.string(), name: z.string() }

/** Of what only looks: there a name of nothing is an error unless one says otherwise. */
export const missingAllowed = 'What the document names (integrations, operations, credentials, flows) and the tenant does not have is a warning, not an error.'

export const flowDocument = z.looseObject({ document: z.looseObject({}), do: z.array(z.unknown()) })
  .meta({ id: 'FlowDocument', description: 'A document of the Serverless Workflow DSL 1.0.3, as YAML or JSON.', examples: [{ document: { dsl: '1.0.3', namespace: 'default', name: 'greet', version: '1.0.0' }, do: [{ greet: { set: { greeting: '${ "Hello \\(.name)" }' } } }] }] })

export const finding = z.object({
  severity: z.enum(['error', 'warning']), code: z.enum(findingCodes).describe('Stable: programs may rely on it.'),
  pointer: z.string().describe('JSON Pointer into the document.'), detail: z.string().describe('For people: goes on where the pointer ends.'),
  line: z.number().int().describe('In the text as it was sent; counts from 1.'), column: z.number().int(),
  allowable: z.literal(true).optional().describe('An error only because what it names is not there: with `allowMissing` it is a warning.'),
}).meta({ id: 'FlowFinding' })

export const storedFlow = z.object({
  ...place, version, status: z.enum(['draft', 'published']),
  outcome: z.enum(['created', 'version', 'draft', 'published', 'unchanged']).describe('`version`: a new one of a flow that was there. `published`: what was a draft. `unchanged`: it was there already.'),
  warnings: z.array(finding),
}).meta({ id: 'StoredFlow' })

/** What was there already is answered 200. */
export function statusOf({ outcome }: StoredFlow): number {
  return outcome === 'unchanged' ? 200 : 201
}

const summary = {
  flowId: z.string().describe('What it is called: the name, with the namespace before it where that is not `default`.'), ...place,
  title: z.string().nullable(), summary: z.string().nullable(),
  enabled: z.boolean().describe('What is not enabled is started by nobody.'),
  latestVersion: z.string().nullable().describe('The published version that runs begin with; null while there are only drafts.'),
  predefined: z.boolean().describe('It came with the hub. A flow of your own by the same name takes its place.'),
  createdAt: timestamp, updatedAt: timestamp,
  etag: z.string().describe('Send it as `If-Match` with a change, to be told when somebody else was faster.'),
}

export const flowSummary = z.object(summary).meta({ id: 'FlowSummary' })

export const flow = z.object({
  ...summary, version, status: z.enum(['draft', 'published']), format: z.enum(['yaml', 'json']),
  source: z.string().describe('The document as it was given, with its comments.'), definition: z.record(z.string(), z.unknown()).describe('The same, parsed.'),
  warnings: z.array(finding).describe('As of when it was stored.'), publishedAt: timestamp.nullable(),
}).meta({ id: 'Flow' })

export const flowVersion = z.object({
  version, status: z.enum(['draft', 'published']), format: z.enum(['yaml', 'json']), warnings: z.array(finding),
  createdBy: z.string(), createdAt: timestamp, publishedAt: timestamp.nullable(),
}).meta({ id: 'FlowVersion' })

export function toSummary({ namespace, name, title, summary, enabled, latestVersion, createdAt, updatedAt, revision, predefined = false }: FlowRow): z.input<typeof flowSummary> {
  return { flowId: flowIdOf({ namespace, name }), namespace, name, title, summary, enabled, latestVersion, predefined, createdAt, updatedAt, etag: String(revision) }
}

export function toVersion({ version, status, format, findings, createdBy, createdAt, publishedAt }: VersionRow): z.input<typeof flowVersion> {
  return { version, status, format, warnings: findings, createdBy, createdAt, publishedAt }
}

/** YAML or JSON, by what it is called, or else by how it begins. */
export function readSourceBody(body: unknown, headers: Record<string, string | string[] | undefined>): FlowSource {
  const text = decodeSource(body as Buffer | undefined ?? Buffer.alloc(0))
  const type = contentTypeOf(headers) ?? ''
  if (/ya?ml/i.test(type)) return { text, format: 'yaml' }
  return { text, format: /json/i.test(type) || text.trimStart().startsWith('{') ? 'json' : 'yaml' }
}

export function wantsYaml(headers: Record<string, string | string[] | undefined>): boolean {
  return /\bya?ml\b/i.test(String(headers['accept'] ?? ''))
}
