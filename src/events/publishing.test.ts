import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import { addTenant, read, withEvents } from './area.fixture.ts'
import type { Command, Published } from './publishing.ts'

/** A command that notes what is asked of it. */
function noted(change: Partial<Command> & { room?: number } = {}): Command & { begun: Published[], callers: Caller[], held(): number } {
  const begun: Published[] = []
  const callers: Caller[] = []
  let held = 0
  return {
    type: 'do.it', scope: 'integrations:run', repeatable: false, begun, callers, held: () => held,
    reserve() {
      if (held >= (change.room ?? 10)) throw new HubError('rate_limited', 'No room.')
      held += 1
      let isHeld = true
      const release = (): void => {
        if (isHeld) held -= 1
        isHeld = false
      }
      return { release, begin: async (caller, published) => { release(); begun.push(published); callers.push(caller) } }
    },
    ...change,
  }
}

test('a command is given by those alone who may do it, whatever else is in their batch', async () => {
  const command = noted()
  await withDatabase((database) => withEvents(database, async ({ publishing, events }) => {
    const owner = await addTenant(database)
    const sender: Caller = { ...owner, scopes: new Set(['events:write', 'events:read'] as const) }
    await expect(publishing.publish(sender, [read({ type: 'harmless' }), read({ type: 'do.it' })], { schemaCheck: 'flag' })).rejects.toMatchObject({ code: 'forbidden', errors: [{ pointer: '/1/type' }] })
    expect((await events.list(owner, { limit: 10 })).data).toEqual([])
    const event = read({ type: 'do.it', data: 7 })
    await publishing.publish(owner, [event], { schemaCheck: 'flag' })
    expect(command.begun).toMatchObject([{ event: event.event }])
    expect(command.callers).toEqual([owner])
  }, { commands: [command] }))
})

test('a repeat is acted upon only where that does no harm', async () => {
  const [once, again] = [noted({ type: 'once' }), noted({ type: 'again', repeatable: true })]
  await withDatabase((database) => withEvents(database, async ({ publishing }) => {
    const caller = await addTenant(database)
    for (const event of [read({ type: 'once' }), read({ type: 'again' })]) for (let round = 0; round < 2; round += 1) await publishing.publish(caller, [event], { schemaCheck: 'pass' })
    expect([once.begun.length, again.begun.length]).toEqual([1, 2])
    expect([once.held(), again.held()]).toEqual([0, 0])
  }, { commands: [once, again] }))
})

test('without room for a command its event is not stored, and may be sent again', async () => {
  const command = noted({ room: 0 })
  await withDatabase((database) => withEvents(database, async ({ publishing, events }) => {
    const caller = await addTenant(database)
    await expect(publishing.publish(caller, [read({ type: 'do.it' })], { schemaCheck: 'pass' })).rejects.toMatchObject({ code: 'rate_limited' })
    expect((await events.list(caller, { limit: 10 })).data).toEqual([])
  }, { commands: [command] }))
})

test('what the inbox alone takes in gives no command', async () => {
  const command = noted()
  await withDatabase((database) => withEvents(database, async ({ inbox }) => {
    const { tenantId } = await addTenant(database)
    const { event, json } = read({ type: 'do.it' })
    await inbox.accept({ tenantId, id: event.id, event, json, sizeBytes: json.length })
    expect(command.begun).toEqual([])
  }, { commands: [command] }))
})

test('a batch larger than what is written at once goes in whole and in order', () =>
  withDatabase((database) => withEvents(database, async ({ publishing }) => {
    const caller = await addTenant(database)
    const events = Array.from({ length: 1200 }, (_, at) => read({ id: String(at) }))
    const accepted = await publishing.publish(caller, [...events, ...events.slice(0, 3)], { schemaCheck: 'flag' })
    expect(accepted.map(({ repeated }) => repeated)).toEqual([...events.map(() => false), true, true, true])
    const { rows } = await database.system.query<{ name: string }>('select event_id as name from events order by id')
    expect(rows.map(({ name }) => Number(name))).toEqual(events.map((_, at) => at))
  })))
