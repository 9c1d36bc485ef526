/** Who asks, and what they may do. */

export const roles = ['viewer', 'developer', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

export const scopes = [
  'integrations:read', 'integrations:write', 'integrations:run',
  'connectors:read', 'connectors:write',
  'credentials:read', 'credentials:write', 'oauth-clients:write',
  'executions:read', 'debug:read',
  'events:read', 'events:write',
  'webhooks:read', 'webhooks:write',
  'flows:read', 'flows:write', 'flows:run',
  'agents:read', 'agents:write', 'agents:run',
  'members:read', 'members:write',
  'keys:read', 'keys:write',
  'audit:read',
  'tools:use',
  'metrics:read', 'tenants:admin',
] as const
export type Scope = (typeof scopes)[number]

const viewer: Scope[] = ['integrations:read', 'connectors:read', 'credentials:read', 'executions:read', 'events:read', 'webhooks:read', 'flows:read', 'agents:read', 'members:read']
const developer: Scope[] = [...viewer, 'integrations:write', 'integrations:run', 'connectors:write', 'credentials:write', 'events:write', 'webhooks:write', 'flows:write', 'flows:run', 'agents:write', 'agents:run', 'debug:read', 'tools:use']
const admin: Scope[] = [...developer, 'oauth-clients:write', 'members:write', 'keys:read', 'keys:write', 'audit:read', 'metrics:read']
const owner: Scope[] = [...admin, 'tenants:admin']
const scopesOfRole: Record<Role, ReadonlySet<Scope>> = {
  viewer: new Set(viewer), developer: new Set(developer), admin: new Set(admin), owner: new Set(owner),
}
/** They reach over all tenants. */
const operatorsOnly: ReadonlySet<Scope> = new Set(['metrics:read', 'tenants:admin'])

/** What the key of an agent may see and call, and how much of it. Such a key reaches the tools, and nothing else of the hub. */
export interface AgentPolicy {
  /** Globs over flows: `name`, or `namespace/name` outside the namespace `default`. */
  flows: string[]
  /** Globs over operations: `<integration>/<operation>`, the integration by its name or its id. */
  operations: string[]
  callsPerMinute: number
  quota: { limit: number, period: 'hour' | 'day' | 'month' } | null
  /** Calls are checked and told, not made. */
  dryRun: boolean
}

/** All that a key with a policy may do by itself. */
const agentScopes: Scope[] = ['tools:use']

export interface Caller {
  tenantId: string
  /** `key:<id>` for API keys, `member:<id>` for members who signed in, `system` for the hub's own work; what the audit log names. */
  actor: string
  keyId: string | undefined
  role: Role
  scopes: ReadonlySet<Scope>
  /** Of the key of an agent. */
  agent?: AgentPolicy
  requestId: string | undefined
  /** Of the session by which a browser asks. */
  sessionId?: string
  /** How many runs, of flows and agents, whoever asks stands within; none unless it is said. */
  depth?: number
}

export interface Grant { role: Role, scopes: Scope[] | null, agent?: AgentPolicy | null, isOperator: boolean }

/** What a key may do: its role's scopes, narrowed by its own list where it has one. What reaches over all tenants needs the operator's tenant. */
export function effectiveScopes({ role, scopes, agent, isOperator }: Grant): Set<Scope> {
  const own = agent ? agentScopes : scopes
  const granted = new Set([...scopesOfRole[role]].filter((scope) => isOperator || !operatorsOnly.has(scope)))
  return own === null ? granted : new Set(own.filter((scope) => granted.has(scope)))
}

export function roleAtLeast(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least)
}

/** The hub itself, working for one tenant: schedules, health checks, retention. */
export function systemCaller(tenantId: string): Caller {
  return { tenantId, actor: 'system', keyId: undefined, role: 'owner', scopes: scopesOfRole.owner, requestId: undefined }
}
