/** A run as a tree of its tasks: drawn again and again on a terminal, told line by line elsewhere. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../../client/client.ts'
import type { Run } from '../../client/types.ts'
import { cell } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'

type Task = Run['tasks'][number]

const glyphs: Record<Task['status'], string> = { pending: '○', running: '▸', waiting: '…', suspended: '‖', cancelled: '⊘', faulted: '✗', completed: '✓' }
const ended: ReadonlySet<Task['status']> = new Set(['completed', 'faulted', 'cancelled'])

export function isOver({ status }: Pick<Run, 'status'>): boolean {
  return ended.has(status)
}

/** One line a task, the inner ones further in; within loops with its round, as `runs retry --round` takes it. */
export function treeOf({ tasks }: Pick<Run, 'tasks'>, now = Date.now()): string[] {
  return tasks.map((task) => lineOf(task, now))
}

function lineOf({ reference, name, status, startedAt, endedAt, attempts, rounds, error }: Task, now: number): string {
  // Every list of tasks adds an index to the reference.
  const depth = Math.max(0, reference.split('/').filter((part) => /^\d+$/.test(part)).length - 1)
  const took = (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt)
  const facts = [duration(Math.max(0, took)), ...attempts > 1 ? [`${attempts} attempts`] : [], ...ended.has(status) ? [] : [status]]
  const why = error === undefined ? '' : `  ${error.title}${error.detail === undefined ? '' : `: ${error.detail}`}`
  return cell(`${'  '.repeat(depth)}${glyphs[status]} ${name}${rounds === undefined ? '' : ` [${rounds.join(',')}]`}  ${facts.join(', ')}${why}`, 300)
}

export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return ms < 3_600_000 ? `${Math.floor(ms / 60_000)} min ${Math.floor(ms % 60_000 / 1000)} s` : `${Math.floor(ms / 3_600_000)} h ${Math.floor(ms % 3_600_000 / 60_000)} min`
}

const FIRST_LOOK_MS = 100
const LONGEST_LOOK_MS = 1000
/** Of the terminal's lines: what is above them cannot be drawn again. */
const MOST_LINES = 40

/** Until the run is over, or `signal` ends. Answers it as it was seen last. */
export async function watchRun({ stderr }: Pick<Surroundings, 'stderr'>, client: Client, id: string, { signal, quiet = false }: { signal: AbortSignal, quiet?: boolean }): Promise<Run> {
  const drawing = quiet ? undefined : stderr.isTTY ? createDrawing(stderr) : createLog(stderr)
  let waitMs = FIRST_LOOK_MS
  for (;;) {
    const run = await client.get('/api/v1/runs/{id}', { path: { id } })
    drawing?.show(run)
    if (isOver(run) || signal.aborted) return run
    await pause(waitMs, undefined, { signal }).catch(() => undefined)
    waitMs = Math.min(LONGEST_LOOK_MS, waitMs * 1.5)
  }
}

interface Drawing { show(run: Run): void }

function createDrawing(stderr: Surroundings['stderr']): Drawing {
  let drawn = 0
  return {
    show(run) {
      const all = treeOf(run)
      const lines = all.length > MOST_LINES ? [`… ${all.length - MOST_LINES} before`, ...all.slice(-MOST_LINES)] : all
      // Up to the first line of what was drawn before, and all of it away.
      stderr.write(`${drawn === 0 ? '' : `\u001b[${drawn}A\u001b[J`}${lines.map((line) => `${line.slice(0, 120)}\n`).join('')}`)
      drawn = lines.length
    },
  }
}

/** Each task once it has ended. */
function createLog(stderr: Surroundings['stderr']): Drawing {
  const told = new Set<string>()
  return {
    show({ tasks }) {
      for (const task of tasks) {
        const key = `${task.reference} ${task.startedAt} ${task.attempts}`
        if (!ended.has(task.status) || told.has(key)) continue
        told.add(key)
        stderr.write(`${lineOf(task, Date.now())}\n`)
      }
    },
  }
}
