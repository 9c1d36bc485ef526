/** Connect sessions, and their page. */
import { z } from 'zod'
import { isHubError } from '../../../errors.ts'
import { messagePage } from '../../plain-page.ts'
import { Answer, defineRoute, pageOf, pageQuery, timestamp, type Route } from '../../route.ts'
import { browserOf } from './browser.ts'
import { connectPage } from './page.ts'
import { endUser, started, tag, wanted, webUrl } from './shapes.ts'

const path = '/api/v1/connect-sessions'
const id = z.object({ id: z.string().max(100) })

const createSession = defineRoute({
  // Not `creates`: an answer kept for a repeat would keep the link in the clear.
  method: 'POST', path, scope: 'credentials:write', tag, status: 201, summary: "Make a link by which one of a product's own users connects an account.",
  description: 'It is good for half an hour. When the account is connected there is the event `credential.connected`, and the browser is led to `returnUrl` with `connectSession` and `credentialId`, or `problem`, in its query.',
  body: z.strictObject({ ...wanted, endUser: endUser.optional(), returnUrl: webUrl.optional().describe('Below one of those that the tenant allows: `PUT /api/v1/oauth/return-urls`.') }), reply: started,
  handle: ({ credentials: { oauth } }, { caller, body }) => oauth.connect.create(caller, body),
})

const session = z.object({
  id: z.uuid(), status: z.enum(['open', 'connected', 'failed']), vendor: z.string().optional(), connector: z.string().optional(), endUser: endUser.nullable(), returnUrl: z.string().nullable(),
  credentialId: z.string().nullable(), createdBy: z.string(), createdAt: timestamp, expiresAt: timestamp,
}).meta({ id: 'ConnectSession' })

const listSessions = defineRoute({
  method: 'GET', path, scope: 'credentials:read', tag, summary: 'List connect sessions, newest first.',
  query: z.strictObject({ ...pageQuery, endUserId: z.string().max(300).optional().describe('Only those of this user of the product.') }), reply: pageOf(session),
  handle: ({ credentials: { oauth } }, { caller, query }) => oauth.connect.list(caller, query),
})

const getSession = defineRoute({
  method: 'GET', path: `${path}/:id`, scope: 'credentials:read', tag, summary: 'Get a connect session.', params: id, reply: session,
  handle: ({ credentials: { oauth } }, { caller, params }) => oauth.connect.find(caller, params.id),
})

const deleteSession = defineRoute({
  method: 'DELETE', path: `${path}/:id`, scope: 'credentials:write', tag, status: 204, summary: 'Delete a connect session: its link is good no more. What was connected stays.', params: id, reply: z.undefined(),
  async handle({ credentials: { oauth } }, { caller, params }) {
    await oauth.connect.remove(caller, params.id)
    return new Answer({})
  },
})

const returnUrls = z.object({ urls: z.array(z.string()) })

const getReturnUrls = defineRoute({
  method: 'GET', path: '/api/v1/oauth/return-urls', scope: 'credentials:read', tag, summary: 'Say where connect sessions may lead back to.', reply: returnUrls,
  handle: async ({ credentials: { oauth } }, { caller }) => ({ urls: await oauth.connect.returnUrls(caller) }),
})

const putReturnUrls = defineRoute({
  method: 'PUT', path: '/api/v1/oauth/return-urls', scope: 'oauth-clients:write', tag, summary: 'Set where connect sessions may lead back to: these URLs, and what is below them.',
  body: z.strictObject({ urls: z.array(webUrl).max(50) }), reply: returnUrls,
  handle: async ({ credentials: { oauth } }, { caller, body }) => ({ urls: await oauth.connect.setReturnUrls(caller, body.urls) }),
})

const token = z.object({ token: z.string().max(100) })
const pageText = z.string().meta({ contentMediaType: 'text/html' })

/** A person looks at it. */
async function told(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!isHubError(error) || error.status >= 500) throw error
    return isHubError(error, 'not_found') || isHubError(error, 'conflict') ? messagePage(error.status, 'Not connected', error.message) : messagePage(422, 'Not connected', 'This account cannot be connected at the moment. Tell whoever sent you the link.')
  }
}

const showPage = defineRoute({
  method: 'GET', path: '/connect/:token', scope: 'session', tag, summary: 'Show the page of a connect session.', params: token, reply: pageText,
  handle: ({ credentials: { oauth } }, { params }) => told(async () => connectPage(await oauth.connect.page(params.token))),
})

const enterPage = defineRoute({
  method: 'POST', path: '/connect/:token', scope: 'session', tag, status: 303, summary: 'Send the browser of a connect session to the vendor.', params: token, bodyKind: 'bytes', maxBodyBytes: 1024, reply: z.undefined(),
  handle: ({ credentials: { oauth }, publicUrl }, { params, request }) => told(async () => {
    const { browser, cookie } = browserOf(request, publicUrl())
    const { url } = await oauth.connect.enter(params.token, browser)
    return new Answer({ status: 303, headers: { location: url, 'set-cookie': cookie, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } })
  }),
})

export const connectRoutes: Route[] = [createSession, listSessions, getSession, deleteSession, getReturnUrls, putReturnUrls, showPage, enterPage]
