/** What other features show of integrations. */
import { useRows } from '../../hub/queries.ts'

/** An operation that one may try without a thought: the first that only reads and whose path asks for nothing. */
export function useFirstOperation(connector: string | undefined): string | undefined {
  const { rows = [] } = useRows('/api/v1/connectors/{id}/operations', { path: { id: connector ?? '' } }, { enabled: connector !== undefined })
  return rows.find(({ method, path, deprecated }) => method?.toUpperCase() === 'GET' && path?.includes('{') === false && !deprecated)?.id
}
