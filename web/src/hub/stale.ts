import type { Query, QueryClient } from '@tanstack/react-query'

/** Has what was read below these paths read again, where it is shown; without paths all of the tenant's. */
export async function stale(client: QueryClient, tenant: string, paths?: string[]): Promise<void> {
  const predicate = ({ queryKey: [slug, path] }: Pick<Query, 'queryKey'>): boolean => slug === tenant && (paths === undefined || typeof path === 'string' && paths.some((each) => path === each || path.startsWith(`${each}/`)))
  // What is being read for the first time may have been read before the change, and its own arrival would make it pass for fresh.
  const onTheWay = client.getQueryCache().findAll({ predicate, fetchStatus: 'fetching' }).filter(({ state }) => state.data === undefined)
  await Promise.all([
    client.invalidateQueries({ predicate }),
    ...onTheWay.map(async ({ queryKey, promise }) => {
      await promise?.catch(() => undefined)
      await client.invalidateQueries({ queryKey, exact: true })
    }),
  ])
}
