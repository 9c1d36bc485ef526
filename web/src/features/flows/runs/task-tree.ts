import type { Run } from '../../../hub/client.ts'

/** How many tasks of the run each lies within. */
export function depthsOf(tasks: Run['tasks']): number[] {
  const known = new Set(tasks.map(({ reference }) => reference))
  return tasks.map(({ reference }) => {
    const parts = reference.split('/')
    return parts.filter((_, at) => at > 1 && at < parts.length && known.has(parts.slice(0, at).join('/'))).length
  })
}

/** Whether it stands in the flow itself, rather than in an extension or behind the name of a function. */
export function isOfDefinition(reference: string): boolean {
  return reference.startsWith('/do/') && !/\/(?!\d+\/)[^/]+\/function$/.test(reference)
}
