/** Connection tests: of a stored integration, or of one that is still being set up. They count against no limit. */
import type { Connector, Exchange } from '../connectors/connector.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import { checkEndpoint } from './check-endpoint.ts'
import { contextOf, type ContextDeps } from './context.ts'
import { assemble, type Loaded, type State } from './loaded.ts'
import type { DraftRow, SupportedEvent } from './store.ts'

export interface TestOutcome {
  success: boolean
  /** A sentence: what was tried, or what went wrong. */
  detail: string
  code: string | null
  statusCode: number | null
  latencyMs: number
  supportedEvents: SupportedEvent[]
}

export interface ConnectionTester {
  test(loaded: Loaded, options?: { timeoutMs?: number }): Promise<TestOutcome>
  testDraft(caller: Caller, draft: { row: DraftRow, connector: Connector, credentials?: Record<string, unknown> }): Promise<TestOutcome>
}

export interface TesterDeps extends ContextDeps { credentials: Credentials }

/** Longest time for one test. */
const TEST_TIMEOUT_MS = 10_000

export function createConnectionTester(deps: TesterDeps): ConnectionTester {
  const test = async (loaded: Loaded, timeoutMs: number): Promise<TestOutcome> => {
    const start = performance.now()
    let exchange: Exchange | undefined
    const context = contextOf(deps, loaded, Date.now() + timeoutMs, (noted) => { exchange = noted })
    const outcome = (part: Pick<TestOutcome, 'success' | 'detail' | 'code'>): TestOutcome =>
      ({ ...part, statusCode: exchange?.statusCode ?? null, latencyMs: Math.round(performance.now() - start), supportedEvents: supportedEvents(loaded.connector) })
    try {
      const declared = loaded.row.monitoring.healthChecks.find(({ endpoint, operation }) => endpoint !== undefined && operation === undefined)
      const { detail } = await (declared === undefined ? loaded.connector.testConnection(context) : checkEndpoint(loaded, declared.endpoint!, context))
      return outcome({ success: true, detail, code: null })
    } catch (error) {
      const known = error instanceof HubError ? error : new HubError('internal', 'The connector failed while it was tested.', { cause: error })
      return outcome({ success: false, detail: loaded.credential?.mask.mask(known.message) ?? known.message, code: known.code })
    }
  }
  return {
    test: (loaded, { timeoutMs = TEST_TIMEOUT_MS } = {}) => test(loaded, timeoutMs),
    async testDraft(caller, { row, connector, credentials }) {
      const opened = credentials === undefined
        ? row.credentialId === null ? undefined : await deps.credentials.open(caller.tenantId, row.credentialId)
        : await deps.credentials.forTest(caller, row.connector, credentials)
      const now = new Date()
      const draft = { ...row, tenantId: caller.tenantId, revision: 0, createdAt: now, updatedAt: now }
      // A test passes no policy, so that it needs no state.
      return test(assemble(draft, connector, opened, undefined as unknown as State), TEST_TIMEOUT_MS)
    },
  }
}

/** What the manifest says of events, in design E's words. */
export function supportedEvents({ manifest }: Connector): SupportedEvent[] {
  return manifest.events.map(({ eventType, description, schemaPath }) => ({ eventType, description, schemaReference: schemaPath }))
}
