import type { EffectKind } from '../effect.ts'
import { performEffect } from '../engine/effects.ts'
import type { Executor } from './executor.ts'

/** The DSL's own protocols; every other name is a function's. */
const protocols: ReadonlySet<string> = new Set<EffectKind>(['http', 'openapi', 'grpc', 'asyncapi', 'mcp', 'a2a'])

export const callTask: Executor = async (work) => {
  const { definition } = work.place
  const name = definition.call!
  if (!protocols.has(name)) return { output: await performEffect(work, { kind: 'function', args: { name, with: definition.with } }) }
  return { output: await performEffect(work, { kind: name as EffectKind, args: definition.with ?? {}, authentication: policyIn(definition.with) }) }
}

/** Protocols have it at different places. */
function policyIn(args: unknown): unknown {
  const { authentication, endpoint, service, server, document } = (args ?? {}) as Record<string, { authentication?: unknown } | string | undefined>
  const own = [authentication, ...[endpoint, service, server, document].map((each) => (typeof each === 'object' ? each.authentication : undefined))].find((each) => each !== undefined)
  return typeof own === 'string' ? { use: own } : own
}
