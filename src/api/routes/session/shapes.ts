import { z } from 'zod'
import { roles, scopes } from '../../../tenants/caller.ts'
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../../../tenants/sign-in/passwords.ts'
import { timestamp } from '../../route.ts'

export const tag = 'Signing in'

export const email = z.email().max(320)
export const personName = z.string().trim().max(200)
/** One that is there already, which may be of any length. */
export const givenPassword = z.string().min(1).max(PASSWORD_MAX_LENGTH * 4)
export const newPassword = z.string().max(PASSWORD_MAX_LENGTH * 4).describe(`${PASSWORD_MIN_LENGTH} characters or more, and none of those that are guessed first.`)
export const linkToken = z.string().min(1).max(200).describe("The `token` in the link's query.")

export const session = z.object({
  id: z.uuid(), via: z.enum(['password', 'key', 'link', 'openid']).describe('How it was opened.'), createdAt: timestamp, expiresAt: timestamp,
  user: z.object({ id: z.uuid(), email: z.string().describe('Empty where an API key was given.'), name: z.string() }),
  tenants: z.array(z.object({ id: z.uuid(), slug: z.string(), name: z.string(), role: z.enum(roles), scopes: z.array(z.enum(scopes)).describe('What the session may do there.') })).describe('Those that requests of this session may name in `X-Interchange-Tenant`.'),
}).meta({ id: 'Session' })

export const shownSession = z.object({
  id: z.uuid(), via: z.string(), address: z.string(), userAgent: z.string(), createdAt: timestamp, lastUsedAt: timestamp, expiresAt: timestamp, current: z.boolean().describe('The one that asks.'),
}).meta({ id: 'OpenSession' })
