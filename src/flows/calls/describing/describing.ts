/** What a call may be made with, asked of whoever it goes to: for forms. Over the guarded way out, in bounded time; nothing is called, and no secret opened. */
import { z } from 'zod'
import { McpFailure } from '../../../catalog/mcp/client.ts'
import { HubError } from '../../../errors.ts'
import { isMembers } from '../../../lib/json/check.ts'
import { fieldErrors } from '../../../lib/zod-errors.ts'
import type { Caller } from '../../../tenants/caller.ts'
import type { EffectContext } from '../../effect.ts'
import { FlowFault } from '../../fault.ts'
import type { Described } from './described.ts'
import { asyncApiTarget, describeAsyncApi, describeOpenApi, openApiTarget } from './documents.ts'
import { describeGrpc, describeMcp, DESCRIBING_MS, grpcTarget, mcpTarget } from './servers.ts'

export const describedCalls = ['openapi', 'asyncapi', 'grpc', 'mcp'] as const

/** `with`: as it stands in the document. */
export interface CallToDescribe { call: (typeof describedCalls)[number], with: Record<string, unknown> }

/** Throws HubError `invalid_input` where an address is not known before a run, and as calls do for what cannot be reached or read. */
export type DescribeCall = (caller: Caller, call: CallToDescribe, signal: AbortSignal) => Promise<Described>

type Deps = Parameters<typeof describeOpenApi>[0] & Parameters<typeof describeGrpc>[0] & Parameters<typeof describeMcp>[0]

const MOST_OFFERS = 2000
const SCHEMA_CHARS = 512 * 1024

export function createDescribeCall(deps: Deps): DescribeCall {
  return async (caller, { call, with: given }, signal) => {
    const literal = withoutSecrets(given) as Record<string, unknown>
    const context = contextOf(caller, AbortSignal.any([signal, AbortSignal.timeout(DESCRIBING_MS)]))
    try {
      const { offers, input } = await Promise.race([describe(deps, call, literal, context), endOf(context.signal)])
      return { offers: offers.slice(0, MOST_OFFERS), input: JSON.stringify(input ?? null).length > SCHEMA_CHARS ? undefined : input }
    } catch (error) {
      throw problemOf(error, context.signal)
    }
  }
}

/** Not all that is waited for can be broken off: a document is read to its end. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true }) })
}

function describe(deps: Deps, call: CallToDescribe['call'], given: Record<string, unknown>, context: EffectContext): Promise<Described> {
  switch (call) {
    case 'openapi': return describeOpenApi(deps, targetOf(openApiTarget, given), context)
    case 'asyncapi': return describeAsyncApi(deps, targetOf(asyncApiTarget, given), context)
    case 'grpc': return describeGrpc(deps, targetOf(grpcTarget, given), context)
    case 'mcp': return describeMcp(deps, targetOf(mcpTarget, given), context)
  }
}

function targetOf<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(given)
  if (!success) throw new HubError('invalid_input', 'Who is called is not said so that it can be asked.', { errors: fieldErrors(error, '/with') })
  const open = openPlace(data, '/with')
  if (open !== undefined) throw new HubError('invalid_input', 'Who is called is known only in a run: the address takes an expression.', { errors: [{ pointer: open, detail: 'is filled in by each run' }] })
  return data
}

/** Where an address is filled in by a run; in headers and names, too, since what is asked might be another's then. */
function openPlace(value: unknown, pointer: string): string | undefined {
  if (typeof value === 'string') return value.includes('${') || /\/(?:uri|endpoint)$/.test(pointer) && /[{}]/.test(value) ? pointer : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, each] of Object.entries(value)) {
    const found = openPlace(each, `${pointer}/${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

/** An authentication by expressions or names is left out, and so are headers that take some: many tell what they offer to anybody. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isMembers(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => {
    if (name === 'authentication' && /\$\{|"use":/.test(JSON.stringify(each) ?? '')) return []
    if (name === 'headers' && isMembers(each)) return [[name, Object.fromEntries(Object.entries(each).filter(([, text]) => typeof text === 'string' && !text.includes('${')))]]
    return [[name, withoutSecrets(each)]]
  }))
}

function contextOf(caller: Caller, signal: AbortSignal): EffectContext {
  const refuse = (): Promise<never> => Promise.reject(new HubError('invalid_input', 'That is known only in a run.'))
  return {
    tenantId: caller.tenantId, caller, runId: '', depth: 0, definition: { document: { dsl: '1.0.3', namespace: 'default', name: 'described', version: '1.0.0' }, do: [] }, input: {}, idempotencyKey: '', signal, authentication: undefined,
    evaluate: refuse, evaluateWithin: refuse, secret: refuse, perform: refuse, conceal: () => undefined,
  }
}

function problemOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return new HubError('upstream_timeout', 'It was not told in time what may be called.', { cause: error })
  if (error instanceof FlowFault) return new HubError('invalid_input', error.detail ?? error.title, { cause: error })
  if (error instanceof McpFailure) return new HubError('upstream_rejected', error.message, { cause: error })
  return error
}
