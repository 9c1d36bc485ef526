/** What executors need of the hub. */
import type { SchemaDefinition, TaskDefinition } from '../definition.ts'
import type { Effects } from '../effect.ts'
import type { Executor } from '../tasks/executor.ts'
import type { LiveRun } from './run.ts'

export interface Services {
  effects: Effects
  /** Throws FlowFault `configuration` for a task of no known type. */
  executorOf(definition: TaskDefinition): Executor
  /** So that `$secrets` can be read. Costs nothing where the flow declares none, or where they are open. */
  openSecrets(run: LiveRun): Promise<void> | void
  /** One that the flow declares. Throws FlowFault. */
  secret(run: LiveRun, name: string): Promise<unknown>
  /** The schema itself, fetched where it lies elsewhere. Throws FlowFault. */
  schemaOf(run: LiveRun, schema: SchemaDefinition): Promise<object> | object
  /** False where others may have taken what this process holds. */
  isHeld(): boolean
}
