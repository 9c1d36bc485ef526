/** Zulip's REST API (https://zulip.com/api/), as far as this connector uses it. */
import { z } from 'zod'
import { below } from '../below.ts'
import type { CallHttpRequest, ConnectionContext } from '../connector.ts'
import { readCredentials } from '../credentials.ts'
import { HubError } from '../../errors.ts'

const credentials = z.object({
  site: z.string().trim().min(1).transform((site) => /^[a-z]+:\/\//i.test(site) ? site : `https://${site}`).pipe(z.url({ protocol: /^https?$/ })),
  email: z.string().trim().min(1).max(500).regex(/^[^:\p{Cc}]+$/u, 'is not an email address'),
  apiKey: z.string().trim().min(1).max(500).regex(/^\P{Cc}+$/u, 'holds control characters'),
})

type Place = Pick<ConnectionContext, 'credentials' | 'endpoint'>

export function hostsOf({ credentials: given, endpoint }: Place): string[] {
  // With an endpoint of its own the integration goes there and nowhere else.
  if (endpoint !== undefined) return [new URL(endpoint).host]
  const site = credentials.shape.site.safeParse(given['site'])
  // What cannot be read leads nowhere; a call says why.
  return site.success ? [new URL(site.data).host] : []
}

/** With the credential. `path` is below the organization's address. Throws HubError `invalid_input`, `address_refused`. */
export function authorized(request: CallHttpRequest, context: Place): CallHttpRequest {
  const { site, email, apiKey } = readCredentials(credentials, context.credentials)
  const base = new URL(context.endpoint ?? site)
  if (base.username !== '' || base.password !== '') throw new HubError('invalid_input', 'The Zulip address holds a user name or password.', { errors: [{ pointer: '/credentials/site', detail: 'must not hold a user name or password' }], beforeSending: true })
  const authorization = `Basic ${Buffer.from(`${email}:${apiKey}`).toString('base64')}`
  return { ...request, url: below(base, request.url).href, headers: { ...request.headers, authorization } }
}

/** Throws HubError, also where Zulip refuses with status 200. */
export async function call<Reply extends z.ZodType>(context: ConnectionContext, request: Omit<CallHttpRequest, 'headers'>, reply: Reply): Promise<z.output<Reply>> {
  const { data } = await context.http.request(authorized({ ...request, url: `/api/v1${request.url}`, expectJson: true }, context))
  const { result, msg } = (data ?? {}) as { result?: unknown, msg?: unknown }
  if (result !== 'success') throw new HubError('upstream_rejected', `Zulip refused: ${String(msg ?? result).slice(0, 300)}`)
  const read = reply.safeParse(data)
  if (!read.success) throw new HubError('upstream_invalid_response', 'Zulip answered something else than its documentation says.', { cause: read.error })
  return read.data
}

export const me = z.object({ user_id: z.int(), email: z.string(), full_name: z.string() })
