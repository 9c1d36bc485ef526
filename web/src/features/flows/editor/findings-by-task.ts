import type { FlowFinding } from '../../../hub/client.ts'
import type { TaskFindings } from '../graph/graph.tsx'
import { allTasks, taskAt, type TaskList } from '../graph/tasks.ts'

/** What is wrong, at the innermost task that it lies in. */
export function findingsByTask(findings: FlowFinding[], list: TaskList): Map<string, TaskFindings> {
  const tasks = new Map(allTasks(list).map((task) => [task.pointer, task]))
  const found = new Map<string, TaskFindings>()
  for (const { severity, pointer, detail } of findings) {
    const task = taskAt(tasks, pointer)
    if (task === undefined) continue
    const before = found.get(task.pointer) ?? { errors: 0, warnings: 0, first: '' }
    const isError = severity === 'error'
    // An error says more than a warning that came before it.
    const first = before.first === '' || (isError && before.errors === 0) ? `${pointer.slice(task.pointer.length)} ${detail}`.trim() : before.first
    found.set(task.pointer, { errors: before.errors + (isError ? 1 : 0), warnings: before.warnings + (isError ? 0 : 1), first })
  }
  return found
}
