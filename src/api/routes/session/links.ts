/** Links that let somebody in, once. */
import { z } from 'zod'
import { isHubError } from '../../../errors.ts'
import { roles } from '../../../tenants/caller.ts'
import { sessionToken } from '../../authenticate.ts'
import { Answer, defineRoute, pageOf, pageQuery, timestamp, type Route } from '../../route.ts'
import { fromOf, opened } from './cookies.ts'
import { email, givenPassword, linkToken, newPassword, personName, session, tag } from './shapes.ts'

const role = z.enum(roles)
const path = '/api/v1/session'

const readLink = defineRoute({
  method: 'POST', path: `${path}/link`, scope: 'session', tag, summary: 'Say what a link is for, without using it.',
  body: z.strictObject({ token: linkToken }),
  reply: z.object({
    kind: z.enum(['welcome', 'invitation', 'password']), tenant: z.object({ name: z.string() }), email: z.string().nullable(), role: role.nullable(), expiresAt: timestamp.nullable(),
    known: z.boolean().describe('The address belongs to a user already, who gives the password that he has.'),
  }).meta({ id: 'SignInLink' }),
  handle: ({ signInLinks }, { body }) => signInLinks.read(body.token),
})

const acceptWelcome = defineRoute({
  method: 'POST', path: `${path}/welcome`, scope: 'session', tag, summary: 'Become the first owner, by the link that the hub printed at its start.',
  body: z.strictObject({ token: linkToken, email, name: personName, password: newPassword }), reply: session,
  handle: async ({ signInLinks, publicUrl }, { body, request }) => opened(publicUrl(), await signInLinks.acceptWelcome(body, fromOf(request))),
})

const acceptInvitation = defineRoute({
  method: 'POST', path: `${path}/invitation`, scope: 'session', tag, summary: 'Accept an invitation, and be signed in.',
  description: 'Whoever is a user already gives the password that he has, or is signed in.',
  body: z.strictObject({ token: linkToken, name: personName.optional(), password: givenPassword.optional() }), reply: session,
  async handle({ signInLinks, sessions, publicUrl }, { body: { token, name, password }, request }) {
    const userId = await sessions.find(sessionToken(request.headers)).then(({ user }) => user.id, (error: unknown) => {
      if (isHubError(error, 'unauthorized')) return undefined
      throw error
    })
    return opened(publicUrl(), await signInLinks.acceptInvitation({ token, name, password, userId }, fromOf(request)))
  },
})

const acceptPassword = defineRoute({
  method: 'POST', path: `${path}/password-reset`, scope: 'session', tag, summary: 'Choose a new password, by a link that an administrator made. All earlier sessions end.',
  body: z.strictObject({ token: linkToken, password: newPassword }), reply: session,
  handle: async ({ signInLinks, publicUrl }, { body, request }) => opened(publicUrl(), await signInLinks.acceptPassword(body, fromOf(request))),
})

const invitation = z.object({ id: z.uuid(), email: z.string(), role, createdBy: z.string(), createdAt: timestamp, expiresAt: timestamp.nullable() }).meta({ id: 'Invitation' })
const made = {
  url: z.string().describe('Shown only here. Whoever has it may use it, once.'),
  mailed: z.boolean().describe('Whether it was sent to the address, too: where INTERCHANGE_SMTP_URL is set.'),
}

const createInvitation = defineRoute({
  // Not `creates`: an answer kept for a repeat would keep the link in the clear.
  method: 'POST', path: '/api/v1/members/invitations', scope: 'members:write', tag: 'Members', status: 201, summary: 'Invite somebody. An earlier invitation of the same address is good no more.',
  body: z.strictObject({ email, role }), reply: invitation.extend(made),
  handle: ({ signInLinks }, { caller, body }) => signInLinks.invite(caller, body),
})

const listInvitations = defineRoute({
  method: 'GET', path: '/api/v1/members/invitations', scope: 'members:read', tag: 'Members', summary: 'List invitations that are open, newest first.',
  query: z.strictObject(pageQuery), reply: pageOf(invitation), handle: ({ signInLinks }, { caller, query }) => signInLinks.listInvitations(caller, query),
})

const revokeInvitation = defineRoute({
  method: 'DELETE', path: '/api/v1/members/invitations/:id', scope: 'members:write', tag: 'Members', status: 204, summary: 'Revoke an invitation.',
  params: z.object({ id: z.string().max(100) }), reply: z.undefined(),
  async handle({ signInLinks }, { caller, params }) {
    await signInLinks.revokeInvitation(caller, params.id)
    return new Answer({})
  },
})

const createPasswordLink = defineRoute({
  method: 'POST', path: '/api/v1/members/:id/password-link', scope: 'members:write', tag: 'Members', status: 201, summary: 'Make a link by which a member chooses a new password.',
  params: z.object({ id: z.string().max(100) }), reply: z.object({ ...made, expiresAt: timestamp.nullable() }),
  handle: ({ signInLinks }, { caller, params }) => signInLinks.newPassword(caller, params.id),
})

export const signInLinkRoutes: Route[] = [readLink, acceptWelcome, acceptInvitation, acceptPassword]
export const invitationRoutes: Route[] = [createInvitation, listInvitations, revokeInvitation, createPasswordLink]
