import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { hub } from '../../hub/client.ts'
import { sessionQuery } from '../../hub/session.ts'

/** Nothing that was read stays in memory. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    await hub.delete('/api/v1/session').catch(() => undefined)
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, null)
    await navigate({ to: '/sign-in', search: {}, replace: true })
  }
}
