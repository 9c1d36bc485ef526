import { z } from 'zod'
import { defineRoute } from '../../route.ts'

const forOperator = "Null outside of the operator's tenant."

export const about = defineRoute({
  method: 'GET', path: '/api/v1/hub', scope: 'integrations:read', tag: 'Operations', summary: 'Say what runs here, and how its operator set it up.',
  reply: z.object({
    version: z.string(), node: z.string(), publicUrl: z.string().describe('Where others reach the hub.'),
    engines: z.array(z.object({
      id: z.enum(['postgres', 'jq', 'javascript', 'python', 'shell', 'containers', 'mcpCommands', 'mail', 'traces']), on: z.boolean().describe('Whether it is there, or allowed.'), version: z.string().nullable(),
      setting: z.string().nullable().describe('The environment variable that decides.'), detail: z.array(z.string()).nullable().describe(`Commands that are set. ${forOperator}`),
    })),
    database: z.object({ embedded: z.boolean().describe('The Postgres that comes along.'), sizeBytes: z.number().nullable().describe(forOperator) }),
    tables: z.array(z.object({ name: z.string(), sizeBytes: z.number() })).nullable().describe(`What tables take, over all tenants, the largest first. ${forOperator}`),
    allowedNetworks: z.array(z.string()).nullable().describe(`Networks that calls may reach besides public addresses. ${forOperator}`),
    signIn: z.object({
      providers: z.array(z.object({ id: z.string(), name: z.string(), issuer: z.string().nullable().describe(forOperator), domains: z.array(z.string()).nullable().describe(`Null also where any domain comes in. ${forOperator}`), joins: z.boolean().describe('Whether whoever comes is a member of some tenant from then on.') })),
      idleHours: z.number(), maxDays: z.number(),
    }),
    limits: z.object({ bodyBytes: z.number() }),
  }),
  handle: async ({ about: read, tenants }, { caller }) => read({ isOperator: (await tenants.current(caller)).isOperator }),
})
