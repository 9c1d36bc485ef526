import type { Command } from 'commander'
import { connect } from '../connection.ts'
import { collect, readAssignments } from '../input.ts'
import { ago, isJson, printJson, printRows } from '../output.ts'
import { withProgress } from '../progress.ts'

export function addAdministration(program: Command): void {
  addCredentials(program)
  addKeys(program)
  program.command('rotate-keys')
    .description("make new encryption keys: the tenant's own, or with --root the root key that wraps all tenants' keys")
    .option('--root', 'rotate the root key')
    .action(async ({ root }: { root?: boolean }, command: Command) => {
      const client = connect(command)
      const result = await withProgress('rotating', async () => root
        ? client.post('/api/v1/system/rotate-root-key', { body: {} })
        : client.post('/api/v1/credentials/rotate-keys', { body: {} }))
      if (isJson(command)) printJson(result)
      else process.stdout.write('Done. Nothing had to stop for it.\n')
    })
}

function addCredentials(program: Command): void {
  const group = program.command('credentials').description('stored secrets; they are never shown')
  group.command('list', { isDefault: true }).description('list credentials').action(async (_options, command: Command) => {
    const page = await connect(command).get('/api/v1/credentials', { query: { limit: 500 } })
    await printRows(command, page.data, [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'CONNECTOR', value: ({ connector }) => connector },
      { title: 'CHANGED', value: ({ updatedAt }) => ago(updatedAt) },
    ], page)
  })

  group.command('create <connector>')
    .description('store a credential')
    .option('--id <id>', 'id; else one is made')
    .option('--name <name>', 'name; else the id')
    .option('-c, --credential <name=value>', 'a field (repeatable)', collect, [])
    .action(async (connector: string, options: { id?: string, name?: string, credential: string[] }, command: Command) => {
      const { id, name } = options
      const created = await connect(command).post('/api/v1/credentials', {
        body: { connector, credentials: readAssignments(options.credential), ...id !== undefined && { id }, ...name !== undefined && { name } },
      })
      if (isJson(command)) printJson(created)
      else process.stdout.write(`Stored ${created.id}.\n`)
    })

  group.command('delete <id>').description('delete a credential').action(async (id: string, _options, command: Command) => {
    await connect(command).delete('/api/v1/credentials/{id}', { path: { id } })
    if (!isJson(command)) process.stdout.write('Deleted.\n')
  })
}

type Role = 'viewer' | 'developer' | 'admin' | 'owner'

function addKeys(program: Command): void {
  const group = program.command('keys').description('API keys')
  group.command('list', { isDefault: true }).description('list keys').action(async (_options, command: Command) => {
    const page = await connect(command).get('/api/v1/keys', { query: { limit: 500 } })
    await printRows(command, page.data, [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'BEGINS', value: ({ prefix }) => prefix },
      { title: 'ROLE', value: ({ role }) => role },
      { title: 'STATE', value: ({ revokedAt, expiresAt }) => (revokedAt ? 'revoked' : expiresAt && new Date(expiresAt) < new Date() ? 'expired' : 'works') },
      { title: 'LAST USED', value: ({ lastUsedAt }) => ago(lastUsedAt) },
    ], page)
  })

  group.command('create <name>')
    .description('make a key; it is shown only now')
    .option('--role <role>', 'viewer, developer, admin or owner', 'developer')
    .option('--scope <scope>', 'narrow it to this scope (repeatable)', collect, [])
    .option('--expires <time>', 'when it stops working (ISO 8601)')
    .action(async (name: string, options: { role: string, scope: string[], expires?: string }, command: Command) => {
      const created = await connect(command).post('/api/v1/keys', {
        body: {
          name, role: options.role as Role, ...options.scope.length > 0 && { scopes: options.scope as never[] },
          ...options.expires !== undefined && { expiresAt: options.expires },
        },
      })
      if (isJson(command)) printJson(created)
      else process.stdout.write(`${created.key}\n`)
    })

  group.command('revoke <id>').description('revoke a key, at once and for good').action(async (id: string, _options, command: Command) => {
    await connect(command).delete('/api/v1/keys/{id}', { path: { id } })
    if (!isJson(command)) process.stdout.write('Revoked.\n')
  })
}
