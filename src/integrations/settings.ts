/** An integration's settings, after design B: shapes, defaults and, as descriptions, their documentation. */
import { z } from 'zod'
import { integrationKinds } from '../connectors/connector.ts'
import { roles } from '../tenants/caller.ts'

const jq = z.string().min(1).max(20_000)
const milliseconds = (max: number): z.ZodNumber => z.number().int().min(1).max(max)

export const USER_INFO_REFUSED = 'holds a user name or password: they belong into the credentials'

/** Whether a text is an address with a user name or password in it, in any of the spellings that are read as one (`https:user@host`). */
export function holdsUserInfo(text: string): boolean {
  if (!/^\s*[a-z][a-z0-9+.-]*:.*@/is.test(text)) return false
  const { username = '', password = '' } = URL.parse(text) ?? {}
  return username !== '' || password !== ''
}

const withoutUserInfo = (text: string): boolean => !holdsUserInfo(text)

/** What stands in an address is shown to whoever may read the integration. */
export const address = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2000).refine(withoutUserInfo, USER_INFO_REFUSED)

export const retryPolicy = z.strictObject({
  maxRetries: z.number().int().min(0).max(20).default(3).describe('Further tries after the first. Operations that are not safe to repeat are retried only where the failure came before the request was sent, an idempotency key protects them, or `retryUnsafe` is set.'),
  backoffStrategy: z.enum(['exponential', 'linear', 'fixed']).default('exponential').describe('How the wait grows from try to try.'),
  initialDelay: milliseconds(600_000).default(200).describe('Wait before the first repeat, in ms.'),
  maxDelay: milliseconds(600_000).default(10_000).describe('Longest wait between tries, in ms.'),
  jitter: z.boolean().default(true).describe('Spread the waits at random, so that many callers do not come back at once.'),
  retryUnsafe: z.boolean().default(false).describe('Repeat operations although the first try may have taken effect.'),
})

export const circuitBreaker = z.strictObject({
  enabled: z.boolean().default(true).describe('Stop calling an upstream that keeps failing.'),
  failureRate: z.number().min(1).max(100).default(50).describe('Share of failed calls, in percent, that opens the breaker.'),
  minimumCalls: z.number().int().min(1).max(10_000).default(10).describe('Calls within the window before the share counts.'),
  window: milliseconds(3_600_000).default(10_000).describe('How far back calls count, in ms.'),
  openFor: milliseconds(3_600_000).default(30_000).describe('How long the breaker stays open before one call is let through, in ms.'),
})

export const connection = z.strictObject({
  endpoint: address.optional().describe("Base URL of the service. Empty: the connector's own."),
  protocol: z.enum(['rest', 'graphql', 'websocket', 'grpc', 'soap', 'custom']).default('rest').describe('Protocol of the service.'),
  authentication: z.record(z.string(), z.unknown()).optional().describe('Notes on the kind of authentication. Secrets belong into `credentials`.'),
  headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not a header name'), z.string().max(4000).regex(/^[^\r\n\0]*$/, 'holds a line break')).default({}).describe('Headers sent with each request. Not for secrets.'),
  timeout: milliseconds(600_000).default(30_000).describe('Longest time for a whole call with its retries, in ms.'),
  tryTimeout: milliseconds(600_000).optional().describe('Longest time for one try, in ms. Empty: as long as the whole call.'),
  retryPolicy: retryPolicy.prefault({}),
  circuitBreaker: circuitBreaker.prefault({}),
})

const transform = z.union([
  jq.describe('A jq program for all operations.'),
  z.strictObject({
    expression: jq.describe('A jq program: one value in, one value out.'),
    operations: z.array(z.string()).default(['*']).describe('Globs of the operations that it applies to.'),
  }),
])

export const errorMapping = z.strictObject({
  when: jq.describe('jq condition on the failure `{ code, message, statusCode, body, operation }`. The first mapping whose condition holds applies.'),
  type: z.string().max(200).optional().describe("The execution's `error.type`."),
  message: jq.optional().describe('jq program that makes the error message from the failure.'),
  recoverable: z.boolean().optional().describe('Whether a repeat makes sense: decides on retries too.'),
  data: jq.optional().describe('jq program that makes a result from the failure: the call then succeeds with it.'),
})

export const dataHandling = z.strictObject({
  requestTransform: z.array(transform).max(20).default([]).describe('jq programs that make the operation\'s input from the caller\'s, one after the other.'),
  responseTransform: z.array(transform).max(20).default([]).describe('jq programs that make the answer from the upstream\'s data, one after the other.'),
  errorMapping: z.array(errorMapping).max(50).default([]).describe('What becomes of failures. The first mapping that fits applies.'),
  rateLimit: z.strictObject({
    requestsPerMinute: z.number().int().min(1).max(10_000_000).default(60).describe('Calls a minute, over all callers.'),
    perCaller: z.number().int().min(1).max(10_000_000).optional().describe('Calls a minute of each API key.'),
  }).prefault({}),
  caching: z.strictObject({
    enabled: z.boolean().default(false).describe('Answer repeated reads from memory.'),
    ttl: z.number().min(0.001).max(86_400).default(60).describe('How long an answer is kept, in seconds.'),
  }).prefault({}),
  validateResponses: z.boolean().default(false).describe('Fail calls whose answer does not fit the described schema.'),
})

export const healthCheck = z.strictObject({
  name: z.string().max(100).default('connection').describe('What the results call it.'),
  endpoint: z.string().max(2000).refine(withoutUserInfo, USER_INFO_REFUSED).optional().describe('Path or URL at the service that a GET must answer below 400, for instance `/health`. Empty: the connector\'s own connection test.'),
  operation: z.string().max(300).optional().describe('Operation to run instead.'),
  input: z.unknown().optional().describe("The operation's input."),
  interval: z.number().int().min(1000).max(86_400_000).default(30_000).describe('Time between checks, in ms.'),
  timeout: milliseconds(60_000).default(3000).describe('Longest time for a check, in ms.'),
})

export const alert = z.strictObject({
  name: z.string().min(1).max(100).describe('What the notice calls it. Give each another name: firings are kept by it.'),
  metric: z.enum(['successRate', 'errorRate', 'averageLatency', 'health']).describe('Rates in percent, latency in ms; `health` is 0 while the last check failed, else 1.'),
  operator: z.enum(['above', 'below']).describe('On which side of the threshold it fires.'),
  threshold: z.number().describe('The line.'),
  window: z.number().int().min(1).max(1440).default(5).describe('Minutes of calls that count.'),
  minimumCalls: z.number().int().min(1).default(1).describe('Calls within the window before a rate or latency counts.'),
  url: address.optional().describe('Where a firing and its end are posted as JSON.'),
  email: z.email().optional().describe('Who gets an email. Needs INTERCHANGE_SMTP_URL.'),
})

export const monitoring = z.strictObject({
  healthChecks: z.array(healthCheck).max(5).default([]).describe('Up to five checks of the connection.'),
  alerts: z.array(alert).max(20).default([]).describe('Up to twenty alerts.'),
  logging: z.strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('How much of its calls the log has.'),
  }).prefault({}),
})

const unlimited = '`true`: no quota. Left out with `limit`.'
const allowAll = '`true`: every key of the tenant that may run integrations at all. Left out with `roles` or `keys`.'

export const usage = z.strictObject({
  usageQuota: z.union([
    z.strictObject({ unlimited: z.literal(true).describe(unlimited) }),
    z.strictObject({
      unlimited: z.literal(false).default(false).describe(unlimited),
      limit: z.number().int().min(0).describe('Calls in each period.'),
      period: z.enum(['hour', 'day', 'month']).default('day').describe('Periods begin on the hour, the day or the month, in UTC.'),
    }),
  ]).default({ unlimited: true }),
  accessControl: z.union([
    z.strictObject({ allowAll: z.literal(true).describe(allowAll) }),
    z.strictObject({
      allowAll: z.literal(false).default(false).describe(allowAll),
      roles: z.array(z.enum(roles)).default([]).describe('Roles whose keys may run it.'),
      keys: z.array(z.uuid()).default([]).describe('Ids of the API keys that may run it.'),
    }),
  ]).default({ allowAll: true }),
  allowedOperations: z.array(z.string().min(1).max(300)).max(1000).default(['*']).describe('Globs of the operations that may be run. `*` matches any run of characters.'),
  dataPolicy: z.strictObject({
    retentionPeriod: z.number().int().min(0).max(3650).default(30).describe('How long executions are kept, in days.'),
  }).prefault({}),
})

export const status = z.enum(['active', 'inactive', 'maintenance', 'deprecated'])

export const metadataInput = z.strictObject({
  version: z.string().max(100).default('1.0.0').describe('Your own number for it.'),
  status: status.default('active').describe('What its owner wants: runs are refused unless it is `active`.'),
  tags: z.array(z.string().min(1).max(100)).max(50).default([]).describe('For finding it again.'),
})

export const kind = z.enum(integrationKinds)

export type Connection = z.output<typeof connection>
export type RetryPolicy = z.output<typeof retryPolicy>
export type CircuitBreakerSettings = z.output<typeof circuitBreaker>
export type DataHandling = z.output<typeof dataHandling>
export type Transform = z.output<typeof transform>
export type ErrorMapping = z.output<typeof errorMapping>
export type Monitoring = z.output<typeof monitoring>
export type HealthCheck = z.output<typeof healthCheck>
export type Alert = z.output<typeof alert>
export type Usage = z.output<typeof usage>
export type MetadataInput = z.output<typeof metadataInput>
export interface Metadata extends MetadataInput { createdBy: string, createdAt: string, lastModified: string }
