/** Everything that routes may call. `build.ts` makes it. */
import type { ReadAbout } from '../about.ts'
import type { Agents } from '../agents/definitions/agents.ts'
import type { Mcp } from '../agents/mcp/mcp.ts'
import type { Tools } from '../agents/tools/tools.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { Connectors } from '../catalog/connectors.ts'
import type { Logos } from '../catalog/directory/logos.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { CredentialExpiry } from '../credentials/expiry.ts'
import type { Bus } from '../events/bus.ts'
import type { Changes } from '../events/changes.ts'
import type { Events } from '../events/events.ts'
import type { Bridges } from '../events/pulsar/bridges.ts'
import type { Streams } from '../events/streams.ts'
import type { EventTypes } from '../events/types.ts'
import type { Executions } from '../executions/executions.ts'
import type { Figures } from '../executions/figures.ts'
import type { Apply } from '../flows/apply.ts'
import type { Approvals } from '../flows/approvals/approvals.ts'
import type { Flows } from '../flows/flows.ts'
import type { DescribeCall } from '../flows/calls/describing/describing.ts'
import type { Runs } from '../flows/runs/runs.ts'
import type { Alerts } from '../integrations/alerts.ts'
import type { Execute } from '../integrations/execute.ts'
import type { Health } from '../integrations/health.ts'
import type { Examples } from '../integrations/examples.ts'
import type { Integrations } from '../integrations/integrations.ts'
import type { ReadLimits } from '../integrations/limits.ts'
import type { BreakerState } from '../integrations/policies/breaker.ts'
import type { Proxy } from '../integrations/proxy.ts'
import type { Rerun } from '../integrations/rerun.ts'
import type { JobCounts } from '../jobs/jobs.ts'
import type { Records } from '../records/records.ts'
import type { Audit } from '../tenants/audit.ts'
import type { Keys } from '../tenants/keys.ts'
import type { Members } from '../tenants/members.ts'
import type { SignInLinks } from '../tenants/sign-in/links.ts'
import type { OpenId } from '../tenants/sign-in/openid/openid.ts'
import type { Sessions } from '../tenants/sign-in/sessions.ts'
import type { Stored } from '../records/stored.ts'
import type { TenantRetention } from '../tenants/retention.ts'
import type { Tenants } from '../tenants/tenants.ts'
import type { SourceFigures } from '../webhooks/inbound/figures.ts'
import type { Hooks } from '../webhooks/inbound/receive.ts'
import type { HookRequests } from '../webhooks/inbound/requests.ts'
import type { WebhookSources } from '../webhooks/inbound/sources.ts'
import type { Deliveries } from '../webhooks/outbound/deliveries.ts'
import type { WebhookFigures } from '../webhooks/outbound/monitoring.ts'
import type { Previews } from '../webhooks/outbound/preview.ts'
import type { Replay } from '../webhooks/outbound/replay.ts'
import type { TestEvents } from '../webhooks/outbound/test-event.ts'
import type { Endpoints } from '../webhooks/outbound/webhooks.ts'

export interface Services {
  tenants: Tenants
  retention: TenantRetention
  stored: Stored
  members: Members
  keys: Keys
  sessions: Sessions
  signInLinks: SignInLinks
  openId: OpenId
  audit: Audit
  credentials: Credentials
  credentialExpiry: CredentialExpiry
  connectors: Connectors
  logos: Logos
  integrations: Integrations
  examples: Examples
  execute: Execute
  rerun: Rerun
  proxy: Proxy
  health: Health
  alerts: Alerts
  readLimits: ReadLimits
  breakerState(tenantId: string, integrationId: string): BreakerState
  executions: Executions
  figures: Figures
  blobs: Blobs
  events: Events
  eventTypes: EventTypes
  bus: Bus
  streams: Streams
  changes: Changes
  pulsarBridges: Bridges
  webhooks: Endpoints
  webhookFigures: WebhookFigures
  deliveries: Deliveries
  replay: Replay
  testEvents: TestEvents
  previews: Previews
  webhookSources: WebhookSources
  hooks: Hooks
  hookRequests: HookRequests
  sourceFigures: SourceFigures
  flows: Flows
  runs: Runs
  describeCall: DescribeCall
  approvals: Approvals
  flowApply: Apply
  records: Records
  agents: Agents
  tools: Tools
  mcp: Mcp
  /** The hub's own jobs, over all tenants. */
  countJobs(): Promise<JobCounts>
  /** Where others reach the hub; without a slash at the end. */
  publicUrl(): string
  about: ReadAbout
  /** For /readyz: what is not ready yet; empty when all is. */
  ready(): Promise<string[]>
  /** Prometheus text. Figures of integrations are of all tenants. */
  metrics(options: { integrations: boolean }): Promise<{ contentType: string, text: string }>
}
