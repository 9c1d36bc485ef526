/** Signing in by a provider. The browser is led through these: they are the only ones that have effects by GET. */
import { z } from 'zod'
import { asHubError } from '../../problem.ts'
import { cookieOf } from '../../authenticate.ts'
import { pageWithin } from '../../../lib/page.ts'
import { Answer, defineRoute, pageOf, pageQuery, type RequestFacts, type Route } from '../../route.ts'
import { PENDING_SECONDS } from '../../../tenants/sign-in/openid/openid.ts'
import { fromOf, sessionCookie, setCookie } from './cookies.ts'
import { tag } from './shapes.ts'

const PENDING_COOKIE = 'interchange_openid'
const path = '/api/v1/session/oidc'
const params = z.object({ id: z.string().max(50) })

const listProviders = defineRoute({
  method: 'GET', path: '/api/v1/session/providers', scope: 'session', tag, summary: 'List the providers by which one may sign in.',
  query: z.strictObject(pageQuery), reply: pageOf(z.object({ id: z.string(), name: z.string() })),
  handle: async ({ openId }, { query }) => pageWithin(openId.providers(), query),
})

const start = defineRoute({
  method: 'GET', path: `${path}/:id/start`, scope: 'session', tag, status: 302, summary: 'Send the browser to a provider.',
  description: 'It comes back signed in, at `returnTo`; or at `/sign-in?problem=<code>`.',
  params, query: z.strictObject({ returnTo: z.string().max(2000).optional().describe('A path of the hub.') }), reply: z.undefined(),
  handle: ({ openId, publicUrl }, { params: { id }, query: { returnTo } }) => ledBack(async () => {
    const { url, pending } = await openId.start(id, returnTo)
    return redirect(url, [pendingCookie(publicUrl(), pending, PENDING_SECONDS)])
  }),
})

const callback = defineRoute({
  method: 'GET', path: `${path}/:id/callback`, scope: 'session', tag, status: 302, summary: 'Take the browser back from a provider.',
  params, query: z.record(z.string(), z.unknown()), reply: z.undefined(),
  handle: ({ openId, publicUrl }, { params: { id }, request }) => ledBack(async () => {
    const { opened, returnTo } = await openId.finish(id, queryOf(request), cookieOf(request.headers, PENDING_COOKIE, 4000), fromOf(request))
    return redirect(returnTo, [sessionCookie(publicUrl(), opened), pendingCookie(publicUrl(), '', 0)])
  }),
})

/** A person looks at what comes of it: the page to sign in says what went wrong. */
async function ledBack(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    const { code } = asHubError(error)
    if (!told.has(code)) throw error
    return redirect(`/sign-in?problem=${code}`, [])
  }
}

const told = new Set<string>(['sign_in_failed', 'sign_in_refused', 'upstream_unavailable', 'conflict'])

function queryOf({ url }: RequestFacts): string {
  const at = url.indexOf('?')
  return at === -1 ? '' : url.slice(at)
}

function pendingCookie(publicUrl: string, value: string, maxAgeSeconds: number): string {
  return setCookie(publicUrl, PENDING_COOKIE, value, { path, maxAgeSeconds })
}

function redirect(location: string, cookies: string[]): Answer {
  return new Answer({ status: 302, headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', ...cookies.length > 0 && { 'set-cookie': cookies } } })
}

export const openIdRoutes: Route[] = [listProviders, start, callback]
