import { Option, type Command } from 'commander'
import type { ApiKey } from '../../client/types.ts'
import { connect } from '../connection.ts'
import { collect, time, wholeNumber } from '../input.ts'
import { ago, printOutcome, printPage } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'

const roles = ['viewer', 'developer', 'admin', 'owner'] as const satisfies ApiKey['role'][]

export function addKeys(program: Command, surroundings: Surroundings): void {
  const group = program.command('keys').description('API keys: list, make, revoke')
  group.command('list', { isDefault: true })
    .description('list keys, without the keys themselves')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async (query: { limit: number, cursor?: string }, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/keys', { query })
      await printPage(surroundings, command, page, [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'BEGINS', value: ({ prefix }) => prefix },
        { title: 'ROLE', value: ({ role }) => role },
        { title: 'SCOPES', value: ({ scopes }) => scopes?.join(', ') ?? 'all of the role' },
        { title: 'STATE', value: stateOf },
        { title: 'LAST USED', value: ({ lastUsedAt }) => ago(lastUsedAt) },
      ])
    })

  group.command('create <name>')
    .description('make a key; it is shown only now')
    .addOption(new Option('--role <role>', 'viewer reads, developer also connects and runs, admin also manages members and keys').choices(roles).default('developer'))
    .option('--scope <scope>', 'narrow it to this scope, such as integrations:run (repeatable)', collect, [])
    .option('--operation <glob>', 'make it the key of an agent, who may run these operations, such as "Bookshop/get*" (repeatable)', collect, [])
    .option('--flow <glob>', 'make it the key of an agent, who may start these flows (repeatable)', collect, [])
    .option('--calls-per-minute <n>', 'tool calls that the agent may make in a minute', wholeNumber)
    .option('--dry-run', "check the agent's calls and tell what they would do, without making them")
    .option('--expires <time>', 'when it stops working (2026-01-31T12:00:00Z, or a day); else never', time)
    .action(async (name: string, { role, scope, expires, ...options }: CreateOptions, command: Command) => {
      const scopes = scope as NonNullable<ApiKey['scopes']>
      const agent = agentOf(options)
      const created = await connect(surroundings, command).post('/api/v1/keys', { body: { name, role, ...scopes.length > 0 && { scopes }, ...agent && { agent }, ...expires !== undefined && { expiresAt: expires } } })
      printOutcome(surroundings, command, created, created.key)
    })

  group.command('revoke <key-id>').description('revoke a key, at once and for good').action(async (id: string, _options, command: Command) => {
    await connect(surroundings, command).delete('/api/v1/keys/{id}', { path: { id } })
    printOutcome(surroundings, command, { id, revoked: true }, `Revoked ${id}.`)
  })
}

interface AgentOptions { operation: string[], flow: string[], callsPerMinute?: number, dryRun?: boolean }
interface CreateOptions extends AgentOptions { role: ApiKey['role'], scope: string[], expires?: string }

function agentOf({ operation, flow, callsPerMinute, dryRun }: AgentOptions): { operations: string[], flows: string[], callsPerMinute?: number, dryRun?: boolean } | undefined {
  if (operation.length + flow.length === 0) return undefined
  return { operations: operation, flows: flow, ...callsPerMinute !== undefined && { callsPerMinute }, ...dryRun && { dryRun } }
}

function stateOf({ revokedAt, expiresAt }: ApiKey): string {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && new Date(expiresAt) < new Date() ? 'expired' : 'works'
}
