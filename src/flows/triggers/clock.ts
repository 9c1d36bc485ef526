/** Begins the runs whose time has come. Each time begins one run, whichever process sees it first, and whatever falls over in between. */
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import { every, type Schedule } from '../../jobs/schedule.ts'
import { systemCaller } from '../../tenants/caller.ts'
import type { Starting } from '../runs/start.ts'
import type { Poller } from './poll.ts'
import { nextDue, type Timing } from './schedule.ts'
import { lockDue, releaseAfterRuns, updateSchedule, type DueSchedule } from './schedules-store.ts'

export interface ClockDeps {
  database: Pick<Database, 'system'>
  starting: Pick<Starting, 'start'>
  poller: Poller
  onError(error: unknown): void
}

const LOOK_EVERY_MS = 500
const AT_ONCE = 20

export function startClock(deps: ClockDeps): Schedule {
  return every(LOOK_EVERY_MS, () => look(deps), deps.onError)
}

/** Whether more may be due. */
async function look(deps: ClockDeps): Promise<boolean> {
  const { system } = deps.database
  await releaseAfterRuns(system)
  const due = await system.transaction(async (db) => {
    const rows = await lockDue(db, AT_ONCE)
    await Promise.all(rows.filter(({ settings }) => settings.kind !== 'poll').map((row) => begin(deps, db, row)))
    // Until its answer is there: a poll that takes long must keep neither a transaction open nor others waiting.
    for (const row of rows) if (row.settings.kind === 'poll') await updateSchedule(db, row, { dueAt: new Date(Date.now() + POLL_LEASE_MS), cursor: row.cursor })
    return rows
  })
  for (const row of due) if (row.settings.kind === 'poll') poll(deps, row, row.settings).catch(deps.onError)
  return due.length === AT_ONCE
}

/** A poll whose process died is made again after this. */
const POLL_LEASE_MS = 120_000

async function begin({ starting, onError }: ClockDeps, db: Db, row: DueSchedule): Promise<void> {
  const { tenantId, namespace, name, version, settings, triggerId, dueAt } = row
  // The key keeps a time that was begun by a process which died before it could say so from being begun again.
  const run = await starting.start(systemCaller(tenantId), {
    flow: { namespace, name }, version, input: {}, idempotencyKey: `${triggerId} ${dueAt.toISOString()}`, trigger: { type: 'schedule', schedule: settings.kind, dueAt: dueAt.toISOString() },
  }).catch((error: unknown) => {
    if (error instanceof HubError && error.code === 'database_unavailable') throw error
    // It will not fit better the next second: the next time is another try.
    onError(error)
  })
  await updateSchedule(db, row, { dueAt: nextDue(settings, new Date(), dueAt), cursor: run === undefined ? row.cursor : { runId: run.id } })
}

async function poll({ database, poller, onError }: ClockDeps, row: DueSchedule, timing: Extract<Timing, { kind: 'poll' }>): Promise<void> {
  const cursor = await poller.poll(row, timing.poll).catch((error: unknown) => {
    onError(error)
    return row.cursor
  })
  await updateSchedule(database.system, row, { dueAt: nextDue(timing, new Date()), cursor })
}
