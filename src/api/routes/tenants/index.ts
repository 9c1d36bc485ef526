/** Tenants, members, keys and the audit log. */
import { z } from 'zod'
import { roles, scopes } from '../../../tenants/caller.ts'
import { auditActions } from '../../../tenants/audit-actions.ts'
import { keptKinds, type KeptKind } from '../../../tenants/retention.ts'
import { Answer, defineRoute, pageOf, searchQuery, timestamp, type Route } from '../../route.ts'

const role = z.enum(roles).describe('viewer reads, developer also connects and runs, admin also manages members and keys, owner may do everything.')
const id = z.object({ id: z.string().max(100) })

const tenant = z.object({
  id: z.uuid(), slug: z.string(), name: z.string(), isOperator: z.boolean().describe('Whether its owners may make further tenants.'), createdAt: timestamp,
}).meta({ id: 'Tenant' })

const createTenant = defineRoute({
  method: 'POST', path: '/api/v1/tenants', scope: 'tenants:admin', tag: 'Tenants', creates: false, status: 201,
  summary: 'Make a tenant: an isolated workspace with its first owner.',
  body: z.strictObject({
    slug: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'takes lower-case letters, digits and hyphens').describe('Short name in URLs, unique.'),
    name: z.string().trim().min(1).max(200),
    owner: z.strictObject({ email: z.email(), name: z.string().max(200).optional() }),
  }),
  reply: tenant.extend({ ownerKey: z.string().describe("The owner's API key. Shown only here.") }),
  handle: ({ tenants }, { caller, body }) => tenants.create(caller, body),
})

const listTenants = defineRoute({
  method: 'GET', path: '/api/v1/tenants', scope: 'tenants:admin', tag: 'Tenants', summary: 'List all tenants, oldest first.',
  query: z.strictObject(searchQuery), reply: pageOf(tenant),
  handle: ({ tenants }, { caller, query }) => tenants.list(caller, query),
})

const currentTenant = defineRoute({
  method: 'GET', path: '/api/v1/tenant', scope: 'integrations:read', tag: 'Tenants', summary: "Get the key's own tenant.",
  reply: tenant, handle: ({ tenants }, { caller }) => tenants.current(caller),
})

const days = (what: string) => z.int().min(1).max(3650).nullable().optional().describe(`${what} Null: as long as the operator allows.`)
const kept = z.object({
  days: z.number().nullable().describe('What the tenant says itself; null: as long as the operator allows.'), ceilingDays: z.number().describe('What the operator allows.'),
  keptDays: z.number().describe('After how many days it goes.'), setting: z.string().describe('The environment variable of the ceiling.'),
}).meta({ id: 'KeptFor' })
const retention = z.object(Object.fromEntries(keptKinds.map((kind) => [kind, kept])) as Record<KeptKind, typeof kept>)

const getRetention = defineRoute({
  method: 'GET', path: '/api/v1/retention', scope: 'integrations:read', tag: 'Tenants', summary: 'Tell how long events, deliveries, runs and executions are kept.',
  reply: retention, handle: ({ retention: settings }, { caller }) => settings.get(caller),
})

const changeRetention = defineRoute({
  method: 'PATCH', path: '/api/v1/retention', scope: 'integrations:write', tag: 'Tenants', summary: 'Keep events, deliveries, runs or executions for fewer days than the operator allows.',
  description: 'What is left out stays as it is. What is older goes within the hour, for good. What is not over stays: deliveries that are still to be made, runs that still run.',
  body: z.strictObject({
    events: days('Days that events are kept.'), deliveries: days('Days that finished deliveries are kept.'), runs: days('Days that runs that are over are kept, from their begin.'),
    executions: days("Days that executions are kept at most; an integration's `usage.dataPolicy.retentionPeriod` may be fewer."),
  }),
  reply: retention, handle: ({ retention: settings }, { caller, body }) => settings.change(caller, body),
})

const member = z.object({ id: z.uuid(), email: z.string(), name: z.string(), role, signsIn: z.boolean().describe('Has accepted an invitation, or came by a provider. Before, a member is a name in a list.'), createdAt: timestamp, updatedAt: timestamp }).meta({ id: 'Member' })

const createMember = defineRoute({
  method: 'POST', path: '/api/v1/members', scope: 'members:write', tag: 'Members', creates: true, status: 201, summary: 'Add a member.',
  description: 'Signing in takes an invitation to the same address, or a provider that vouches for it.',
  body: z.strictObject({ email: z.email().max(320), name: z.string().max(200).optional(), role }), reply: member,
  handle: ({ members }, { caller, body }) => members.create(caller, body),
})

const listMembers = defineRoute({
  method: 'GET', path: '/api/v1/members', scope: 'members:read', tag: 'Members', summary: 'List members.',
  query: z.strictObject(searchQuery), reply: pageOf(member), handle: ({ members }, { caller, query }) => members.list(caller, query),
})

const getMember = defineRoute({
  method: 'GET', path: '/api/v1/members/:id', scope: 'members:read', tag: 'Members', summary: 'Get a member.',
  params: id, reply: member, handle: ({ members }, { caller, params }) => members.find(caller, params.id),
})

const updateMember = defineRoute({
  method: 'PATCH', path: '/api/v1/members/:id', scope: 'members:write', tag: 'Members', summary: "Change a member's name or role.",
  params: id, body: z.strictObject({ name: z.string().max(200).optional(), role: role.optional() }), reply: member,
  handle: ({ members }, { caller, params, body }) => members.update(caller, params.id, body),
})

const removeMember = defineRoute({
  method: 'DELETE', path: '/api/v1/members/:id', scope: 'members:write', tag: 'Members', status: 204, summary: 'Remove a member.',
  params: id, reply: z.undefined(),
  handle: async ({ members }, { caller, params }) => {
    await members.remove(caller, params.id)
    return new Answer({})
  },
})

const scopeList = z.array(z.enum(scopes)).max(scopes.length)
const globs = z.array(z.string().min(1).max(600)).max(500)
const agentPolicy = z.strictObject({
  flows: globs.default([]).describe('The flows that it may see and start: globs over `name`, or `namespace/name` outside the namespace `default`. `*` stands for any run of characters.'),
  operations: globs.default([]).describe('The operations that it may see and run: globs over `<integration>/<operation>`, the integration by its name or its id, such as `Bookshop/get*`.'),
  callsPerMinute: z.number().int().min(1).max(100_000).default(60).describe('Of tools, those that only look included.'),
  quota: z.strictObject({
    limit: z.number().int().min(0).describe('Runs of operations and flows in each period.'),
    period: z.enum(['hour', 'day', 'month']).default('day').describe('Periods begin on the hour, the day or the month, in UTC.'),
  }).nullable().default(null),
  dryRun: z.boolean().default(false).describe('Calls are checked, and it is told what they would do; nothing is called.'),
}).meta({ id: 'AgentPolicy' })

const key = z.object({
  id: z.uuid(), name: z.string(), prefix: z.string().describe('First characters of the key, to tell keys apart.'), role,
  scopes: scopeList.nullable().describe("Narrows the role's scopes; null: all of the role's."),
  agent: agentPolicy.nullable().describe('What the key of an agent may see and call. Such a key reaches the tools, at /mcp and /api/v1/agent/tools, and nothing else.'),
  createdBy: z.string(), createdAt: timestamp, expiresAt: timestamp.nullable(), revokedAt: timestamp.nullable(), lastUsedAt: timestamp.nullable(),
}).meta({ id: 'ApiKey' })

const createKey = defineRoute({
  // Not `creates`: an answer kept for a repeat would keep the key in the clear.
  method: 'POST', path: '/api/v1/keys', scope: 'keys:write', tag: 'API keys', status: 201, summary: 'Make an API key.',
  body: z.strictObject({
    name: z.string().trim().min(1).max(200), role: role.default('developer'), scopes: scopeList.min(1).optional(), agent: agentPolicy.optional().describe('Makes it the key of an agent.'),
    expiresAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)).refine((at) => at.getTime() > Date.now(), 'lies in the past').optional().describe('When it stops working. Empty: never.'),
  }),
  reply: key.extend({ key: z.string().describe('The key itself. Shown only here.') }),
  handle: ({ keys }, { caller, body }) => keys.create(caller, body),
})

const listKeys = defineRoute({
  method: 'GET', path: '/api/v1/keys', scope: 'keys:read', tag: 'API keys', summary: 'List API keys, without the keys themselves.',
  query: z.strictObject(searchQuery), reply: pageOf(key), handle: ({ keys }, { caller, query }) => keys.list(caller, query),
})

const setKeyPolicy = defineRoute({
  method: 'PUT', path: '/api/v1/keys/:id/agent', scope: 'keys:write', tag: 'API keys', summary: "Replace the policy of an agent's key. It takes hold at once.",
  params: id, body: agentPolicy, reply: key, handle: ({ keys }, { caller, params, body }) => keys.setPolicy(caller, params.id, body),
})

const revokeKey = defineRoute({
  method: 'DELETE', path: '/api/v1/keys/:id', scope: 'keys:write', tag: 'API keys', status: 204, summary: 'Revoke an API key, at once and for good.',
  params: id, reply: z.undefined(),
  handle: async ({ keys }, { caller, params }) => {
    await keys.revoke(caller, params.id)
    return new Answer({})
  },
})

const auditEntry = z.object({
  id: z.uuid(), at: timestamp, actor: z.string().describe('`member:<id>`, `key:<id>` or `system`.'), action: z.enum(auditActions), targetType: z.string(), targetId: z.string(),
  detail: z.record(z.string(), z.unknown()), requestId: z.string().nullable(),
}).meta({ id: 'AuditEntry' })

const listAudit = defineRoute({
  method: 'GET', path: '/api/v1/audit', scope: 'audit:read', tag: 'Audit', summary: 'List changes, newest first.',
  query: z.strictObject({
    ...searchQuery, action: z.string().max(100).optional().describe('For instance `integration.updated`.'),
    actor: z.string().max(200).optional(), targetId: z.string().max(300).optional(),
  }),
  reply: pageOf(auditEntry), handle: ({ audit }, { caller, query }) => audit.list(caller, query),
})

export const tenantRoutes: Route[] = [
  createTenant, listTenants, currentTenant, getRetention, changeRetention, createMember, listMembers, getMember, updateMember, removeMember, createKey, listKeys, setKeyPolicy, revokeKey, listAudit,
]
