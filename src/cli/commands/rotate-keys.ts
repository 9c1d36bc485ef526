import type { Command } from 'commander'
import type { Client } from '../../client/client.ts'
import { connect } from '../connection.ts'
import { printOutcome } from '../output.ts'
import { withProgress } from '../progress.ts'
import type { Surroundings } from '../surroundings.ts'

export function addRotateKeys(program: Command, surroundings: Surroundings): void {
  program.command('rotate-keys')
    .description('make new encryption keys while the hub works on')
    .option('--root', "the root key, which wraps the keys of all tenants; else the tenant's own, which encrypts its credentials")
    .addHelpText('after', '\nWith INTERCHANGE_ROOT_KEY in the environment, start all hubs with the new key there and the old one as INTERCHANGE_ROOT_KEY_PREVIOUS first;\ndocs/operations.md has the steps.')
    .action(async ({ root }: { root?: boolean }, command: Command) => {
      const { result, sentence } = await withProgress(surroundings, 'rotating', () => (root ? rotateRoot : rotateTenant)(connect(surroundings, command)))
      printOutcome(surroundings, command, result, sentence)
    })
}

async function rotateRoot(client: Client): Promise<{ result: object, sentence: string }> {
  const result = await client.post('/api/v1/system/rotate-root-key', { body: {} })
  return { result, sentence: `The root key is ${result.rootKeyId} now; ${result.tenantKeys} tenants' keys were wrapped anew.` }
}

async function rotateTenant(client: Client): Promise<{ result: object, sentence: string }> {
  const result = await client.post('/api/v1/credentials/rotate-keys', { body: {} })
  return { result, sentence: `The tenant's key has version ${result.version} now; ${result.credentials} credentials were encrypted anew.` }
}
