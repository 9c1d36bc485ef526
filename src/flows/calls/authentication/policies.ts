/** The DSL's authentication policies, once their expressions are evaluated and their secrets are there. */
import { z } from 'zod'

const grants = ['authorization_code', 'client_credentials', 'password', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange'] as const
const clientAuthentications = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'] as const

const oauth2Token = z.object({ token: z.string().min(1), type: z.string().min(1) })

export const userAndPassword = z.object({ username: z.string(), password: z.string() })

export const bearer = z.object({ token: z.string().min(1) })

export const oauth2 = z.object({
  authority: z.string(),
  grant: z.enum(grants),
  endpoints: z.object({ token: z.string().optional(), revocation: z.string().optional(), introspection: z.string().optional() }).default({}),
  client: z.object({
    id: z.string().optional(), secret: z.string().optional(), assertion: z.string().optional(),
    authentication: z.enum(clientAuthentications).default('client_secret_post'),
  }).default({ authentication: 'none' }),
  request: z.object({ encoding: z.enum(['application/x-www-form-urlencoded', 'application/json']).default('application/x-www-form-urlencoded') }).default({ encoding: 'application/x-www-form-urlencoded' }),
  issuers: z.array(z.string()).default([]),
  scopes: z.array(z.string()).default([]),
  audiences: z.array(z.string()).default([]),
  username: z.string().optional(),
  password: z.string().optional(),
  subject: oauth2Token.optional(),
  actor: oauth2Token.optional(),
})
export type OAuth2Policy = z.output<typeof oauth2>
