/** What executors need of the hub. */
import type { EventFilter, SchemaDefinition, TaskDefinition } from '../definition.ts'
import type { Effects } from '../effect.ts'
import type { Executor } from '../tasks/executor.ts'
import type { RunEnd } from './end.ts'
import type { LiveRun } from './run.ts'
import type { Place } from './scope.ts'

export interface Services {
  effects: Effects
  /** What a task came to when it was recorded: its transformed output. Throws its fault. Undefined where it is to be done. */
  recorded?(place: Place): { output: unknown } | undefined
  /** Throws FlowFault `configuration` for a task of no known type. */
  executorOf(definition: TaskDefinition): Executor
  /** So that `$secrets` can be read. Costs nothing where the flow declares none, or where they are open. */
  openSecrets(run: LiveRun): Promise<void> | void
  /** One that the flow declares. Throws FlowFault. */
  secret(run: LiveRun, name: string): Promise<unknown>
  /** The schema itself, fetched where it lies elsewhere. Throws FlowFault. */
  schemaOf(run: LiveRun, schema: SchemaDefinition): Promise<object> | object
  /** Resolves once it is committed; a repeat of its id and source is left out. Throws HubError. */
  publish(run: LiveRun, event: Record<string, unknown>): Promise<void>
  listening: {
    /** Resolves once events are kept for them. */
    register(run: LiveRun, waits: { waitId: string, filters: { filter: EventFilter, variables: Record<string, unknown> }[] }[]): Promise<void>
    /** What has come, whole, behind a place in the stream. */
    signals(run: LiveRun, waitId: string, after: string, limit: number): Promise<{ eventId: string, filterIndex: number, sequence: string, event: string }[]>
    /** Notes that the run took an event. Again is no harm. */
    heard(run: LiveRun, eventId: string): Promise<void>
    end(run: LiveRun, waitIds: string[]): Promise<void>
  }
  children: {
    /** Nothing where it was started before. Throws HubError. */
    start(run: LiveRun, child: { id: string, flow: { namespace: string, name: string, version: string }, input: unknown, isAwaited: boolean }): Promise<void>
    end(run: LiveRun, id: string): Promise<RunEnd | undefined>
    cancel(run: LiveRun, id: string): Promise<void>
  }
  /** False where others may have taken what this process holds. */
  isHeld(): boolean
}
