/**
 * Jobs on graphile-worker. It frees a dead worker's jobs only after four hours, so our processes keep a heartbeat,
 * and what a lapsed one had locked is unlocked at start and every few seconds.
 */
import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Logger, parseCronItems, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker'
import { uuidv7 } from 'uuidv7'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { patientPool } from './patient-pool.ts'

export interface Task {
  /** For instance `retention`. */
  name: string
  /** Five cron fields, UTC; undefined for tasks that are only added. */
  cron?: string
  run(payload: unknown): Promise<void>
}

/** Those that failed have no attempt left. */
export interface JobCounts { waiting: number, failed: number }

export interface Jobs {
  /** Jobs that wait, and those that failed for good. */
  counts(): Promise<JobCounts>
  stop(): Promise<void>
}

/** For any process with workers to run. `db` is the owner's, best a transaction: the job is there exactly if that commits. */
export async function addJob(db: Db, task: string, payload: unknown, { maxAttempts = 25 }: { maxAttempts?: number } = {}): Promise<void> {
  await db.query('select from graphile_worker.add_job($1, payload => $2::json, max_attempts => $3)', [task, JSON.stringify(payload), maxAttempts])
}

export interface JobsOptions {
  database: Database
  tasks: Task[]
  concurrency: number
  onError(message: string, error: unknown): void
}

const HEARTBEAT_MS = 3000
/** Whoever wants to know looks in vain at a database that hangs. */
const COUNT_TIMEOUT_MS = 2000
/** A process that said nothing for so long is dead, or as good as: its jobs go to others. */
const LAPSED_SECONDS = 15

export async function startJobs({ database, tasks, concurrency, onError }: JobsOptions): Promise<Jobs> {
  const processId = uuidv7()
  const lockNames = new Set<string>()
  const events: WorkerEvents = new EventEmitter()
  // Jobs are locked in the name of the pool, not of its workers.
  events.on('pool:create', ({ workerPool }) => { lockNames.add(workerPool.id) })
  events.on('pool:release', ({ workerPool }) => { lockNames.delete(workerPool.id) })
  events.on('job:error', ({ job, error }) => { onError(`job ${job.task_identifier} failed`, error) })
  // Errors of its connections arrive here as well; it reconnects by itself.
  events.on('pool:listen:error', ({ error }) => { onError('job queue lost its connection', error) })

  const runner = await run({
    pgPool: patientPool(database.ownerPool), concurrency, noHandleSignals: true, events, logger: new Logger(() => () => undefined),
    taskList: Object.fromEntries(tasks.map((task) => [task.name, (payload: unknown) => task.run(payload)])) as TaskList,
    parsedCronItems: parseCronItems(tasks.flatMap(({ name, cron }) => (cron === undefined ? [] : [{ task: name, match: cron, options: { maxAttempts: 3, jobKey: `cron:${name}`, backfillPeriod: 0 } }]))),
  })
  const beat = async (): Promise<void> => {
    await heartbeat(database, processId, [...lockNames])
    await unlockLapsed(database)
  }
  await beat()
  const timer = setInterval(() => { beat().catch((error: unknown) => { onError('heartbeat failed', error) }) }, HEARTBEAT_MS)
  timer.unref()
  return handleOf({ database, runner, processId, timer })
}

function handleOf({ database, runner, processId, timer }: { database: Database, runner: Runner, processId: string, timer: NodeJS.Timeout }): Jobs {
  return {
    async counts() {
      const late = pause(COUNT_TIMEOUT_MS, undefined, { ref: false }).then(() => { throw new Error('The job queue could not be counted in time.') })
      const { rows } = await Promise.race([late, database.owner.query<JobCounts>(
        'select count(*) filter (where attempts < max_attempts)::int as waiting, count(*) filter (where attempts >= max_attempts)::int as failed from graphile_worker.jobs')])
      return rows[0]!
    },
    async stop() {
      clearInterval(timer)
      await runner.stop()
      await database.system.query('delete from workers where id = $1', [processId]).catch(() => undefined)
    },
  }
}

async function heartbeat({ system }: Database, id: string, lockNames: string[]): Promise<void> {
  await system.query(
    `insert into workers (id, worker_ids) values ($1, $2) on conflict (id) do update set worker_ids = $2, heartbeat_at = now()`,
    [id, lockNames])
}

/** Locks younger than a lapse may belong to a process whose first heartbeat is still under way. */
async function unlockLapsed({ system, owner }: Database): Promise<void> {
  await system.query(`delete from workers where heartbeat_at < now() - interval '${LAPSED_SECONDS} seconds'`)
  const { rows } = await system.query<{ ids: string[] | null }>('select array_agg(each) as ids from workers, unnest(worker_ids) each')
  await owner.query(
    `select graphile_worker.force_unlock_workers(array(
       select distinct locked_by from graphile_worker.jobs
       where locked_by is not null and locked_at < now() - interval '${LAPSED_SECONDS} seconds' and locked_by <> all($1)))`,
    [rows[0]?.ids ?? []])
}
