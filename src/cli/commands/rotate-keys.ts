import type { Command } from 'commander'
import type { Client } from '../../client/client.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failure.ts'
import { isJson, printJson, printLine } from '../output.ts'
import { withProgress } from '../progress.ts'
import type { Surroundings } from '../surroundings.ts'

interface Rotated { result: object, sentence: string, unreadable: number }

export function addRotateKeys(program: Command, surroundings: Surroundings): void {
  program.command('rotate-keys')
    .description('make new encryption keys while the hub works on')
    .option('--all-tenants', 'the keys of all tenants, not only of the one that the API key belongs to')
    .option('--root', 'instead of the keys that encrypt credentials, the root key that wraps those keys')
    .addHelpText('after', `
It may be broken off, and done again. Where the root key comes from INTERCHANGE_ROOT_KEY, first start all hubs with the new key
there and the old one as INTERCHANGE_ROOT_KEY_PREVIOUS; docs/operations.md has the steps.`)
    .action(async ({ root, allTenants = false }: { root?: boolean, allTenants?: boolean }, command: Command) => {
      if (root && allTenants) throw new UsageError('Give either --root or --all-tenants: there is one root key for all tenants.')
      const client = connect(surroundings, command)
      const { result, sentence, unreadable } = await withProgress(surroundings, 'rotating', () => (root ? rotateRoot(client) : rotateTenants(client, allTenants)))
      if (isJson(command)) return printJson(surroundings, result)
      printLine(surroundings, sentence)
      if (unreadable > 0) printLine(surroundings, `${unreadable} could not be read, and were left as they are with the key that they need.`)
    })
}

async function rotateRoot(client: Client): Promise<Rotated> {
  const result = await client.post('/api/v1/system/rotate-root-key', { body: {} })
  return { result, sentence: `The root key is ${result.rootKeyId} now. Keys wrapped anew: ${result.tenantKeys}.`, unreadable: result.unreadable }
}

async function rotateTenants(client: Client, allTenants: boolean): Promise<Rotated> {
  const result = await client.post('/api/v1/credentials/rotate-keys', { body: { allTenants } })
  return { result, sentence: `Tenants with a new key: ${result.tenants}. Credentials encrypted anew: ${result.credentials}.`, unreadable: result.unreadable }
}
