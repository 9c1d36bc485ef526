import type { Command } from 'commander'
import { connect } from '../connection.ts'
import { UsageError } from '../failure.ts'
import { collect, time, wholeNumber } from '../input.ts'
import { ago, printOutcome, printPage } from '../output.ts'
import { credentialHelp, readCredentials } from '../secrets.ts'
import type { Surroundings } from '../surroundings.ts'

export function addCredentials(program: Command, surroundings: Surroundings): void {
  const group = program.command('credentials').description('stored secrets; they are never shown')
  addReading(group, surroundings)
  addWriting(group, surroundings)
}

function addReading(group: Command, surroundings: Surroundings): void {
  group.command('list', { isDefault: true })
    .description('list credentials, without their secrets')
    .option('--connector <connector>', 'for this connector')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async (query: { connector?: string, limit: number, cursor?: string }, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/credentials', { query })
      await printPage(surroundings, command, page, [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'CONNECTOR', value: ({ connector }) => connector },
        { title: 'FIELDS', value: ({ fields }) => Object.keys(fields).join(', ') },
        { title: 'CHANGED', value: ({ updatedAt }) => ago(updatedAt) },
      ])
    })
}

function addWriting(group: Command, surroundings: Surroundings): void {
  group.command('create <connector>')
    .description('store a credential for a connector')
    .option('--id <id>', 'id, such as smtp-credentials; else one is made')
    .option('--name <name>', 'name; else the id')
    .option('-c, --credential <name=value>', 'a field; see below (repeatable)', collect, [])
    .option('--expires <time>', 'when its service lets it end: the event credential.expiring tells of it two weeks before', time)
    .addHelpText('after', `${credentialHelp}\n\nExample:\n  interchange credentials create smtp-email --id smtp-credentials -c host=mail.example -c port:=587 -c username=me -c password=-`)
    .action(async (connector: string, { id, name, credential, expires: expiresAt }: { id?: string, name?: string, credential: string[], expires?: string }, command: Command) => {
      const credentials = await readCredentials(surroundings, credential)
      const created = await connect(surroundings, command).post('/api/v1/credentials', {
        body: { connector, credentials, ...id !== undefined && { id }, ...name !== undefined && { name }, ...expiresAt !== undefined && { expiresAt } },
      })
      printOutcome(surroundings, command, created, `Stored ${created.id}.`)
    })

  group.command('update <credential>')
    .description('change some fields of a credential; integrations use it at once')
    .option('--name <name>', 'another name')
    .option('-c, --credential <name=value>', 'a field; see below (repeatable). name:=null removes it', collect, [])
    .option('--expires <time>', 'when its service lets it end', time)
    .addHelpText('after', credentialHelp)
    .action(async (id: string, { name, credential, expires: expiresAt }: { name?: string, credential: string[], expires?: string }, command: Command) => {
      if (name === undefined && credential.length === 0 && expiresAt === undefined) throw new UsageError('Say what to change, with -c name=value, --name or --expires.')
      const credentials = await readCredentials(surroundings, credential)
      const changed = await connect(surroundings, command).patch('/api/v1/credentials/{id}', {
        path: { id }, body: { ...credential.length > 0 && { credentials }, ...name !== undefined && { name }, ...expiresAt !== undefined && { expiresAt } },
      })
      printOutcome(surroundings, command, changed, `Changed ${changed.id}.`)
    })

  group.command('delete <credential>').description('delete a credential that no integration uses').action(async (id: string, _options, command: Command) => {
    await connect(surroundings, command).delete('/api/v1/credentials/{id}', { path: { id } })
    printOutcome(surroundings, command, { id, deleted: true }, `Deleted ${id}.`)
  })
}
