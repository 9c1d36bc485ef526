/** The integration as the API takes and gives it. */
import { z } from 'zod'
import * as settings from '../../../integrations/settings.ts'
import type { IntegrationRow } from '../../../integrations/integrations.ts'
import { timestamp } from '../../route.ts'

const name = z.string().trim().min(1).max(200).describe('What people call it.')
const description = z.string().max(5000).describe('What it is for.')
const connector = z.string().min(1).max(300).describe('Id of the connector: `GET /api/v1/integrations/available` lists them.')
const configuration = z.record(z.string(), z.unknown()).describe("The connector's own settings, as its `configurationSchema` says. Other fields are refused, and so are addresses with a user name or password in them.")
const credentials = z.record(z.string(), z.unknown()).describe('Secrets, keyed as the connector\'s `credentialSchema`. Stored encrypted, never given back. They make a credential of the integration\'s own, which later values change field by field. One that was chosen by `credentialId`, or that another integration uses, is not changed from here.')
const credentialId = z.string().min(1).max(128).nullable().describe('Id of a stored credential of the same connector, instead of `credentials`. Null takes the credential away; with `credentials` beside it the integration gets a new one of its own.')

export const integrationInput = z.strictObject({
  name, description: description.optional(), connector,
  type: settings.kind.optional().describe("Kind of integration. Empty: the connector's own."),
  configuration: configuration.optional(), connection: settings.connection.optional(),
  credentials: credentials.optional(), credentialId: credentialId.optional(),
  dataHandling: settings.dataHandling.optional(), monitoring: writtenMonitoring().optional(), usage: settings.usage.optional(),
  metadata: writtenMetadata().optional(),
}).meta({ id: 'IntegrationInput' })

/** What the hub keeps itself may be sent back as it was read; it is left out. */
function writtenMetadata(): typeof settings.metadataInput {
  const kept = z.string().optional().describe('Kept by the hub; what is sent is left out.')
  return settings.metadataInput.extend({ createdBy: kept, createdAt: kept, lastModified: kept })
    .transform(({ version, status, tags }) => ({ version, status, tags })) as unknown as typeof settings.metadataInput
}

function writtenMonitoring(): typeof settings.monitoring {
  return settings.monitoring.extend({ performance: z.unknown().optional().describe('Measured by the hub; what is sent is left out.') })
    .transform(({ healthChecks, alerts, logging }) => ({ healthChecks, alerts, logging })) as unknown as typeof settings.monitoring
}

/** Values are looked at once they are merged into what is there. */
export const integrationPatch = z.strictObject({
  name: name.optional(), description: description.nullish(), connector: connector.optional(), type: settings.kind.nullish(),
  configuration: configuration.nullish(), credentials: credentials.optional(), credentialId: credentialId.optional(),
  connection: mergedIn().nullish(), dataHandling: mergedIn().nullish(), monitoring: mergedIn(['performance']).nullish(), usage: mergedIn().nullish(),
  metadata: mergedIn(['createdBy', 'createdAt', 'lastModified']).nullish(),
}).meta({ id: 'IntegrationPatch' })

/** Without what the hub keeps itself, which may be sent back as it was read. */
function mergedIn(keptByHub: string[] = []): z.ZodType<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).describe('Merged into what is there.').transform((given) => without(given, keptByHub))
}

const onlyRead = ['id', 'connectionStatus', 'connectionError', 'supportedEvents', 'lastValidated', 'etag']

/** Fields that only the hub writes are taken and left out, so that an integration can be written back as it was read. */
export function writtenBack<Input extends z.ZodType>(input: Input): z.ZodType<z.output<Input>> {
  return z.preprocess((value) => value === null || typeof value !== 'object' || Array.isArray(value) ? value : without(value, onlyRead), input)
}

function without(value: object, names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

const performance = z.object({
  averageLatency: z.number().nullable().describe('ms'), successRate: z.number().nullable().describe('Percent of the calls that were tried.'),
  errorRate: z.number().nullable(), throughput: z.number().describe('Calls a minute.'),
})

export const integration = z.object({
  id: z.uuid(), name: z.string(), description: z.string(), connector: z.string(), type: settings.kind,
  configuration, connection: settings.connection, dataHandling: settings.dataHandling,
  monitoring: settings.monitoring.extend({ performance: performance.nullable().describe('Of the last hour; null where nothing was run.') }), usage: settings.usage,
  metadata: z.object({
    version: z.string(), status: settings.status, tags: z.array(z.string()), createdBy: z.string(), createdAt: z.string(), lastModified: z.string(),
  }),
  credentialId: z.string().nullable(),
  connectionStatus: z.enum(['active', 'inactive', 'error']).describe('What the last test or run said of the connection. Does not block runs: `metadata.status` does.'),
  connectionError: z.string().nullable().describe('Why the connection is in error.'),
  supportedEvents: z.array(z.object({ eventType: z.string(), schemaReference: z.string(), description: z.string() })),
  lastValidated: timestamp.nullable().describe('When the connection was last tested.'),
  etag: z.string().describe('Send it as `If-Match` with a change, to be told when somebody else was faster.'),
}).meta({ id: 'Integration' })

type Measured = z.input<typeof performance> | undefined

export function toIntegration(row: IntegrationRow, measured?: Measured): z.input<typeof integration> {
  const { id, name, description, connector, configuration, connection, dataHandling, monitoring, usage, metadata } = row
  const { credentialId, connectionStatus, connectionError, supportedEvents, lastValidated } = row
  return {
    id, name, description, connector, type: row.kind, configuration, connection, dataHandling, usage, metadata,
    monitoring: { ...monitoring, performance: measured === undefined ? null : shownPerformance(measured) }, credentialId, connectionStatus, connectionError, supportedEvents, lastValidated, etag: String(row.revision),
  }
}

function shownPerformance({ averageLatency, successRate, errorRate, throughput }: NonNullable<Measured>): z.input<typeof performance> {
  return { averageLatency, successRate, errorRate, throughput }
}

/** How far back the figures beside an integration look. */
export function lastHour(now = Date.now()): { from: Date, to: Date } {
  return { from: new Date(now - 3_600_000), to: new Date(now) }
}

export const integrationId = z.object({ id: z.string().max(100).describe('Id of the integration.') })

/** A filter that leaves none out. */
export const everyIntegration = { q: undefined, connector: undefined, kind: undefined, status: undefined, tag: undefined }
