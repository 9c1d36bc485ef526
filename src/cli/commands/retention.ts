import { InvalidArgumentError, type Command } from 'commander'
import type { Reply } from '../../client/client.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failure.ts'
import { wholeNumber } from '../input.ts'
import { isJson, printJson, printLine, printRows, size } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'

const kinds = ['events', 'deliveries', 'runs', 'executions'] as const
type Options = Partial<Record<(typeof kinds)[number], number | 'most'>>
type Retention = Reply<'GET', '/api/v1/retention'>

export function addRetention(program: Command, surroundings: Surroundings): void {
  const group = program.command('retention').description('how long events, deliveries, runs and executions are kept: show, set')
  group.command('show', { isDefault: true }).description('show how long each is kept, and what the operator allows').action(async (_options, command: Command) => {
    await print(surroundings, command, await connect(surroundings, command).get('/api/v1/retention'))
  })

  const set = group.command('set').description('keep some of them for fewer days; what is older goes within the hour, for good')
  for (const kind of kinds) set.option(`--${kind} <days>`, `days that ${kind} are kept, or \`most\`: as long as the operator allows`, daysOf)
  set.action(async (options: Options, command: Command) => {
    const body = Object.fromEntries(Object.entries(options).map(([kind, days]) => [kind, days === 'most' ? null : days]))
    if (Object.keys(body).length === 0) throw new UsageError('Say what to change: --events, --deliveries, --runs or --executions.')
    await print(surroundings, command, await connect(surroundings, command).patch('/api/v1/retention', { body }))
  })
}

function daysOf(text: string): number | 'most' {
  if (text === 'most') return text
  try {
    return wholeNumber(text)
  } catch {
    throw new InvalidArgumentError('It takes a whole number of days from 1, or `most`.')
  }
}

function print(surroundings: Surroundings, command: Command, retention: Retention): Promise<void> {
  return printRows(surroundings, command, kinds.map((kind) => ({ kind, ...retention[kind] })), [
    { title: 'WHAT', value: ({ kind }) => kind },
    { title: 'KEPT FOR', value: ({ keptDays }) => days(keptDays) },
    { title: 'SET BY', value: ({ days: own }) => (own === null ? 'the operator' : 'this tenant') },
    { title: 'AT MOST', value: ({ ceilingDays }) => days(ceilingDays) },
    { title: 'SETTING', value: ({ setting }) => setting },
  ], retention)
}

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`)

const MOST_INTEGRATIONS = 500

export function addStorage(program: Command, surroundings: Surroundings): void {
  program.command('storage').description('show what is stored takes, by kind and by integration').action(async (_options, command: Command) => {
    const client = connect(surroundings, command)
    const storage = await client.get('/api/v1/figures/storage')
    if (isJson(command)) return printJson(surroundings, storage)
    await printRows(surroundings, command, [...Object.entries(storage.bytes), ['together', storage.totalBytes] as const], [{ title: 'WHAT', value: ([kind]) => kind }, { title: 'TAKES', value: ([, bytes]) => size(bytes) }])
    if (storage.integrations.length === 0) return
    const { data } = await client.get('/api/v1/integrations', { query: { limit: MOST_INTEGRATIONS } })
    const names = new Map(data.map(({ id, name }) => [id, name]))
    printLine(surroundings, '')
    await printRows(surroundings, command, storage.integrations, [
      { title: 'INTEGRATION', value: ({ integrationId }) => names.get(integrationId) ?? integrationId },
      { title: 'EXECUTIONS', value: ({ recordBytes }) => size(recordBytes) },
      { title: 'LARGE VALUES', value: ({ blobBytes }) => size(blobBytes) },
    ])
  })
}
