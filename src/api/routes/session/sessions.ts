/** Signing in and out. */
import { z } from 'zod'
import { sessionToken } from '../../authenticate.ts'
import { Answer, defineRoute, pageOf, pageQuery, type Route } from '../../route.ts'
import { fromOf, opened, shown, signedOut } from './cookies.ts'
import { email, givenPassword, newPassword, session, shownSession, tag } from './shapes.ts'

const path = '/api/v1/session'

const signIn = defineRoute({
  method: 'POST', path, scope: 'session', tag, summary: 'Sign in, with a password or an API key.',
  description: 'The answer sets the cookie `interchange_session`. Requests that carry it and no `Authorization` name their tenant in `X-Interchange-Tenant`; where headers cannot be set, in the query as `tenant`.',
  body: z.union([z.strictObject({ email, password: givenPassword }), z.strictObject({ apiKey: z.string().min(1).max(512) })]), reply: session,
  handle: async ({ sessions, publicUrl }, { body, request }) => opened(publicUrl(), await sessions.signIn(body, fromOf(request))),
})

const getSession = defineRoute({
  method: 'GET', path, scope: 'session', tag, summary: 'Say who is signed in.', reply: session,
  handle: async ({ sessions }, { request: { headers } }) => shown(await sessions.find(sessionToken(headers))),
})

const signOut = defineRoute({
  method: 'DELETE', path, scope: 'session', tag, status: 204, summary: 'Sign out.', reply: z.undefined(),
  async handle({ sessions, publicUrl }, { request: { headers } }) {
    const token = sessionToken(headers)
    if (token !== undefined) await sessions.end(token)
    return signedOut(publicUrl())
  },
})

const listSessions = defineRoute({
  method: 'GET', path: `${path}/sessions`, scope: 'session', tag, summary: "List one's own sessions, newest first.",
  query: z.strictObject(pageQuery), reply: pageOf(shownSession),
  handle: ({ sessions }, { query, request: { headers } }) => sessions.list(sessionToken(headers), query),
})

const signOutEverywhere = defineRoute({
  method: 'DELETE', path: `${path}/sessions`, scope: 'session', tag, status: 204, summary: 'Sign out everywhere: all sessions end, this one too.', reply: z.undefined(),
  async handle({ sessions, publicUrl }, { request: { headers } }) {
    await sessions.endAll(sessionToken(headers) ?? '')
    return signedOut(publicUrl())
  },
})

const revokeSession = defineRoute({
  method: 'DELETE', path: `${path}/sessions/:id`, scope: 'session', tag, status: 204, summary: "End one of one's own sessions.",
  params: z.object({ id: z.string().max(100) }), reply: z.undefined(),
  async handle({ sessions }, { params, request: { headers } }) {
    await sessions.revoke(sessionToken(headers), params.id)
    return new Answer({})
  },
})

const changePassword = defineRoute({
  method: 'PUT', path: `${path}/password`, scope: 'session', tag, status: 204, summary: "Change one's own password. All other sessions end.",
  body: z.strictObject({ current: givenPassword.optional().describe('Left out by whoever has none yet.'), password: newPassword }), reply: z.undefined(),
  async handle({ sessions }, { body, request }) {
    await sessions.changePassword(sessionToken(request.headers), { current: body.current, password: body.password }, fromOf(request))
    return new Answer({})
  },
})

export const sessionRoutes: Route[] = [signIn, getSession, signOut, listSessions, signOutEverywhere, revokeSession, changePassword]
