/** How far a caller reaches: by its key's policy, or as far as its scopes go. */
import { matchesAnyGlob } from '../../lib/glob.ts'
import type { Caller, Scope } from '../../tenants/caller.ts'

export interface Reach {
  /** Globs over `<integration>/<operation>`. */
  operations: string[]
  /** Globs over flows' ids. */
  flows: string[]
  dryRun: boolean
}

export function reachOf({ agent, scopes }: Caller): Reach {
  if (agent !== undefined) return agent
  return { operations: scopes.has('integrations:run') ? ['*'] : [], flows: scopes.has('flows:run') ? ['*'] : [], dryRun: false }
}

/** The integration may be meant by its name or by its id. */
export function reachesOperation({ operations }: Reach, integration: { id: string, name: string }, operation: string): boolean {
  return matchesAnyGlob(operations, `${integration.name}/${operation}`) || matchesAnyGlob(operations, `${integration.id}/${operation}`)
}

export function reachesFlow({ flows }: Reach, flowId: string): boolean {
  return matchesAnyGlob(flows, flowId)
}

/** Who runs what a tool stands for. The policy let it through, so that its key has what the run itself asks for. */
export function runnerOf(caller: Caller): Caller {
  if (caller.agent === undefined) return caller
  const granted: Scope[] = ['integrations:run', 'flows:run']
  return { ...caller, scopes: new Set([...caller.scopes, ...granted]) }
}
