/** A task's authentication policy, inline, by name or out of a secret, made into what authenticates its requests. */
import type { z } from 'zod'
import type { HttpClient } from '../../../lib/http/http.ts'
import type { EffectContext, ResolveAuthentication, ResolvedAuthentication } from '../../effect.ts'
import { fault } from '../../fault.ts'
import { readArguments } from '../arguments.ts'
import { createOAuth2Tokens, type OAuth2Tokens } from './oauth2.ts'
import { bearer, oauth2, userAndPassword, type OAuth2Policy } from './policies.ts'

type Context = Parameters<ResolveAuthentication>[1]
type Policy = Record<string, unknown>

const kinds = ['basic', 'bearer', 'digest', 'oauth2', 'oidc', 'certificate'] as const

export interface Authentication {
  /** Of a policy as it stands in the task. Throws FlowFault: `configuration` for a policy that is none, `authentication` for one that gets no token. */
  resolve: ResolveAuthentication
  /** Of a policy whose expressions are evaluated. Never a second time: what came out of them may be a stranger's text. */
  resolveEvaluated: ResolveAuthentication
  /** A service refused it: another token is fetched the next time. False where that is no use. */
  forget(tenantId: string, resolved: ResolvedAuthentication): boolean
}

export function createAuthentication(deps: { http: HttpClient, now(): number }): Authentication {
  const tokens = createOAuth2Tokens(deps)
  return {
    resolve: async (policy, context) => resolve(tokens, typeof policy['use'] === 'string' ? await namedPolicy(policy['use'], context) : await context.evaluateWithin(policy, context.input) as Policy, context),
    resolveEvaluated: async (policy, context) => resolve(tokens, typeof policy['use'] === 'string' ? await namedPolicy(policy['use'], context) : policy, context),
    forget(tenantId, { policy }) {
      const kind = (['oauth2', 'oidc'] as const).find((each) => policy[each] !== undefined)
      return kind !== undefined && tokens.forget(tenantId, kind, policy[kind] as OAuth2Policy)
    },
  }
}

async function resolve(tokens: OAuth2Tokens, policy: Policy, context: Context): Promise<ResolvedAuthentication> {
  const kind = kinds.find((each) => policy[each] !== undefined)
  if (kind === undefined) throw fault('configuration', 'An authentication is one of basic, bearer, digest, oauth2 and oidc, or names one under `use.authentications`.')
  if (kind === 'certificate') throw fault('configuration', 'Authentication by certificate is not supported: the DSL does not say where the certificate is.')
  const settings = await settingsOf(kind, policy[kind], context)
  const read = <Schema extends z.ZodType>(schema: Schema): z.output<Schema> => readArguments(schema, settings, `the authentication ${kind}`)
  switch (kind) {
    case 'basic': return basic(read(userAndPassword), context)
    case 'digest': return digest(read(userAndPassword), context)
    case 'bearer': return bearerOf(read(bearer).token, { bearer: settings }, context)
    case 'oauth2':
    case 'oidc': {
      const wanted = read(oauth2)
      for (const secret of [wanted.client.secret, wanted.client.assertion, wanted.password, wanted.subject?.token, wanted.actor?.token]) if (secret !== undefined) context.conceal(secret)
      return bearerOf(await tokens.get(kind, wanted, context), { [kind]: wanted }, context)
    }
  }
}

/** `{ use: <name> }` stands for a policy of the definition. */
async function namedPolicy(name: string, context: Context): Promise<Policy> {
  const { authentications } = context.definition.use ?? {}
  const named = authentications !== undefined && Object.hasOwn(authentications, name) ? authentications[name] as Policy : undefined
  if (named === undefined || named['use'] !== undefined) throw fault('configuration', `There is no authentication ${JSON.stringify(name)} under \`use.authentications\`.`)
  return await context.evaluateWithin(named, context.input) as Policy
}

/** `{ use: <name> }` within a scheme stands for a secret, which holds the same as the scheme would, or has that as its field `policy`. */
async function settingsOf(kind: (typeof kinds)[number], settings: unknown, context: Context): Promise<unknown> {
  const { use } = (settings ?? {}) as { use?: unknown }
  if (typeof use !== 'string') return settings
  const secret = await context.secret(use)
  const { policy } = (secret ?? {}) as { policy?: unknown }
  if (typeof policy === 'object' && policy !== null) return policy
  if (kind !== 'bearer' || typeof secret === 'object') return secret
  return { token: String(secret) }
}

function basic({ username, password }: z.output<typeof userAndPassword>, context: Concealing): ResolvedAuthentication {
  const parameter = Buffer.from(`${username}:${password}`).toString('base64')
  context.conceal(password)
  context.conceal(parameter)
  return { scheme: 'Basic', parameter, policy: { basic: { username, password } } }
}

function digest({ username, password }: z.output<typeof userAndPassword>, context: Concealing): ResolvedAuthentication {
  context.conceal(password)
  return { scheme: 'Digest', parameter: '', policy: { digest: { username, password } } }
}

type Concealing = Pick<EffectContext, 'conceal'>

function bearerOf(token: string, policy: Policy, context: Concealing): ResolvedAuthentication {
  const parameter = token.replace(/^Bearer /i, '')
  // A header cannot carry more, and whatever else it would be is no token.
  if (!/^[\x21-\x7e]+$/.test(parameter)) throw fault('configuration', 'The bearer token has characters that no header can carry.')
  context.conceal(parameter)
  return { scheme: 'Bearer', parameter, policy }
}
