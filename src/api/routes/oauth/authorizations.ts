/** Connecting an account: by the browser, or by a code that is typed in. */
import { z } from 'zod'
import { isHubError } from '../../../errors.ts'
import { cookieOf, sessionToken } from '../../authenticate.ts'
import { Answer, defineRoute, timestamp, type Route } from '../../route.ts'
import type { Services } from '../../services.ts'
import { BROWSER_COOKIE } from './browser.ts'
import { messagePage } from '../../plain-page.ts'
import { authorization, started, tag, wanted } from './shapes.ts'

const id = z.object({ id: z.string().max(100) })

const startAuthorization = defineRoute({
  method: 'POST', path: '/api/v1/oauth/authorizations', scope: 'credentials:write', tag, status: 201, summary: 'Begin to connect an account: answers where to send the browser.',
  description: 'Asked with a session, only that session may come back. Asked with an API key, the URL is a page of the hub, whose browser may. The browser ends at `returnTo`, with `credentialId` or `problem` in its query, or at a page that says how it went.',
  body: z.strictObject({ ...wanted, returnTo: z.string().max(2000).optional().describe('A path of the hub. Not with an API key: use a connect session.') }), reply: started,
  handle: ({ credentials: { oauth } }, { caller, body }) => oauth.start(caller, body),
})

const getAuthorization = defineRoute({
  method: 'GET', path: '/api/v1/oauth/authorizations/:id', scope: 'credentials:read', tag, summary: 'Say how connecting goes.',
  params: id, reply: authorization, handle: ({ credentials: { oauth } }, { caller, params }) => oauth.progress(caller, params.id),
})

const startDevice = defineRoute({
  method: 'POST', path: '/api/v1/oauth/device-authorizations', scope: 'credentials:write', tag, status: 201, summary: 'Begin to connect an account by a code that is typed in at the vendor.',
  body: z.strictObject(wanted),
  reply: z.object({ id: z.uuid(), userCode: z.string(), verificationUri: z.string(), verificationUriComplete: z.string().nullable(), expiresAt: timestamp, intervalSeconds: z.number().int() }),
  handle: ({ credentials: { oauth } }, { caller, body }) => oauth.startDevice(caller, body),
})

const pollDevice = defineRoute({
  method: 'POST', path: '/api/v1/oauth/device-authorizations/:id/poll', scope: 'credentials:write', tag, summary: 'Ask whether the code was typed in. The vendor is asked no oftener than it wants.',
  params: id, reply: authorization, handle: ({ credentials: { oauth } }, { caller, params }) => oauth.pollDevice(caller, params.id),
})

const text = z.union([z.string(), z.array(z.string())]).optional()

const callback = defineRoute({
  method: 'GET', path: '/api/v1/oauth/callback', scope: 'session', tag, status: 302, summary: 'Take a browser back from a vendor.',
  query: z.looseObject({ state: text, code: text, error: text, iss: text }), reply: z.undefined(),
  async handle({ credentials: { oauth }, sessions }, { query, request: { headers, id: requestId } }) {
    const one = (value: string | string[] | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
    try {
      const { location, problem } = await oauth.finish({
        state: one(query.state), code: one(query.code), error: one(query.error), issuer: one(query.iss),
        sessionId: await sessionId(sessions, sessionToken(headers)), browser: cookieOf(headers, BROWSER_COOKIE), requestId,
      })
      if (location !== null) return new Answer({ status: 302, headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } })
      return problem === null ? messagePage(200, 'Connected', 'The account is connected. You may close this window.') : messagePage(422, 'Not connected', 'The account was not connected. Close this window, and try again.')
    } catch (error) {
      if (!isHubError(error, 'oauth_state_invalid')) throw error
      return messagePage(400, 'Not connected', error.message)
    }
  },
})

async function sessionId(sessions: Services['sessions'], token: string | undefined): Promise<string | undefined> {
  if (token === undefined) return undefined
  return sessions.find(token).then(({ id }) => id, (error: unknown) => {
    if (isHubError(error, 'unauthorized')) return undefined
    throw error
  })
}

export const authorizationRoutes: Route[] = [startAuthorization, getAuthorization, startDevice, pollDevice, callback]
