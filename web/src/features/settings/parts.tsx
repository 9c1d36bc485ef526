/** What other features show of members and keys, and of what they did. */
import { useCallback, useMemo } from 'react'
import type { AuditEntry } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

const actions: Record<AuditEntry['action'], string> = texts.actions

/** What was done, in words; what a later hub calls by another name, by that. */
export const actionText = (action: string): string => actions[action as AuditEntry['action']] ?? action

export interface Actors {
  nameOf(actor: string): string
  /** Names may still come: what is drawn before would be drawn anew, wider or narrower. */
  areComing: boolean
}

/** Who did something, by a name where one is known: records name members and keys by their ids. */
export function useActors(): Actors {
  const { can } = useTenant()
  const members = useRows('/api/v1/members', { query: { limit: 500 } }, { enabled: can('members:read') })
  const keys = useRows('/api/v1/keys', { query: { limit: 500 } }, { enabled: can('keys:read') })
  const names = useMemo(() => new Map<string, string>([
    ...(members.rows ?? []).map(({ id, name, email }) => [`member:${id}`, name || email] as const), ...(keys.rows ?? []).map(({ id, name }) => [`key:${id}`, `${name} (key)`] as const),
    ['system', 'the hub'] as const,
  ]), [members.rows, keys.rows])
  const nameOf = useCallback((actor: string) => names.get(actor) ?? actor, [names])
  return { nameOf, areComing: members.isLoading || keys.isLoading }
}
