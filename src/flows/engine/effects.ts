/** Leaf tasks: what was before is committed, then the world is touched. */
import { createHash } from 'node:crypto'
import type { SubscriptionIterator } from '../definition.ts'
import type { Effect, EffectContext, EffectKind, ResolvedAuthentication } from '../effect.ts'
import { onlyProgram } from '../expressions/parts.ts'
import type { Variables } from '../expressions/evaluate.ts'
import { fault } from '../fault.ts'
import { performEach } from './each.ts'
import { listFrame } from './frame.ts'
import { perform } from './perform.ts'
import { evaluate, variablesOf } from './scope.ts'
import { abortable, Stop } from './stop.ts'
import { Value } from './value.ts'
import type { Work } from '../tasks/executor.ts'

export interface Asked {
  kind: EffectKind
  /** With the expressions still in it; what `evaluated` names is left as it is unless it is one expression. */
  args: unknown
  /** A policy, or the name of one, as it stands in the task. */
  authentication?: unknown
}

export async function performEffect(work: Work, { kind, args, authentication }: Asked): Promise<unknown> {
  const { scope: { run, services, signal } } = work
  const effect = services.effects.kinds[kind] as Effect<unknown> | undefined
  if (effect === undefined) throw fault('configuration', `This hub makes no calls of the kind ${kind}.`)
  const context = contextOf(work)
  const resolved = typeof authentication === 'object' && authentication !== null
    ? await services.effects.resolveAuthentication(authentication as Record<string, unknown>, context) : undefined
  const evaluated = await evaluateArguments(work, kind, args as Record<string, unknown>, variablesOf(work.scope, work, { input: work.input, authorization: resolved }))
  await beforeEffect(work)
  const output = await abortable(effect(evaluated, { ...context, authentication: resolved }), signal)
  run.touch()
  return output ?? null
}

/** What the effect evaluates itself, or does not evaluate at all, is left as it stands. */
async function evaluateArguments(work: Work, kind: EffectKind, args: Record<string, unknown>, variables: Variables): Promise<unknown> {
  const verbatim = verbatimOf(kind, args)
  const evaluated = await evaluate(work.scope, Object.keys(verbatim).length === 0 ? args : without(args, verbatim), work.input, variables)
  return { ...evaluated as object, ...verbatim }
}

/** Of a subscription the conditions are about messages; a script's code may hold `${ }` of its own language. */
function verbatimOf(kind: EffectKind, { subscription, code }: Record<string, unknown>): Record<string, unknown> {
  if (kind === 'asyncapi' && subscription !== undefined) return { subscription }
  return kind === 'script' && typeof code === 'string' && onlyProgram(code) === undefined ? { code } : {}
}

/** Of a subscription: not resumed in the middle, since what was consumed is gone with the connection. */
function eachOf(work: Work): EffectContext['each'] {
  const { foreach, with: args } = work.place.definition
  const iterator = foreach ?? (args as { subscription?: { foreach?: SubscriptionIterator } } | undefined)?.subscription?.foreach
  if (iterator === undefined) return undefined
  return async (item, index) => (await performEach(work, iterator, { item, index, list: listFrame(new Value(item)) })).output
}

const rests = new WeakMap<object, object>()

/** The same object each time: what is evaluated is known by its identity. */
function without(args: Record<string, unknown>, names: Record<string, unknown>): object {
  let rest = rests.get(args)
  if (rest === undefined) rests.set(args, rest = Object.fromEntries(Object.entries(args).filter(([name]) => !(name in names))))
  return rest
}

/** Whatever happens next may not be undone: all before it is committed, and the run is this process's for sure. */
export async function beforeEffect({ scope: { run, services, signal } }: Pick<Work, 'scope'>): Promise<void> {
  await run.flush()
  signal.throwIfAborted()
  if (services.isHeld()) return
  run.stop('lost')
  throw new Stop('lost')
}

function contextOf(work: Work): EffectContext {
  const { scope, input } = work
  const { run, services, signal } = scope
  const variables = (view: { authorization?: ResolvedAuthentication | undefined } = {}): Record<string, unknown> => variablesOf(scope, work, { input, ...view })
  return {
    tenantId: run.row.tenantId, caller: run.caller, runId: run.row.id, depth: run.depth, definition: run.definition, input, signal, authentication: undefined,
    idempotencyKey: idempotencyKeyOf(run.row.id, scope.path),
    evaluate: (expression, value, more = {}) => evaluate(scope, expression, value, { ...variables(), ...more }, { bare: true }),
    evaluateWithin: (template, value, more = {}) => evaluate(scope, template, value, { ...variables(), ...more }),
    secret: (name) => services.secret(run, name),
    conceal: (value) => { run.conceal(value) },
    // What is called with nothing has its caller's input.
    perform: (definition, given) => perform(work, definition, work.place.definition.with === undefined ? input : given),
    each: eachOf(work),
    note: ({ executionId }) => { work.frame.executionId = executionId },
  }
}

/** A UUID made of the run and the place in it, by its version 5: the same whenever the same work is done again. */
export function idempotencyKeyOf(runId: string, path: string): string {
  const bytes = createHash('sha1').update(Buffer.from(runId.replaceAll('-', ''), 'hex')).update(path).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
