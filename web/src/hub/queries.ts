/** Reading from the hub: keys are made here, so that a change can say which paths it makes stale. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery, useQueryClient, type InfiniteData, type UseQueryResult } from '@tanstack/react-query'
import type { CallOptions, Client, Item, PathOf, RawOptions, Reply } from '../../../src/client/client.ts'
import type { Routes } from '../../../src/client/types.ts'
import { useTenant, type Tenant } from './session.ts'
import { stale } from './stale.ts'

type Get = PathOf<'GET'>
export type GetOptions<Path extends Get> = `GET ${Path}` extends keyof Routes ? Omit<CallOptions<Routes[`GET ${Path}`]>, 'signal'> : never
type ListPath = { [Path in Get]: Reply<'GET', Path> extends { data: unknown[], nextCursor: string | null } ? Path : never }[Get]
export type Row<Path extends Get> = Item<Path>

interface Parts { path?: object | undefined, query?: object | undefined }
/** Begins with the tenant and the path, for `stale` and live updates. */
const keyOf = ({ slug }: Tenant, path: string, { path: names = {}, query = {} }: Parts = {}): [string, string, object, object] => [slug, path, names, query]

/** Which options go with which path is checked where they are given. */
const read = (client: Client, path: string, options: RawOptions): Promise<unknown> => (client.get as (path: string, options: RawOptions) => Promise<unknown>)(path, options)

function getQuery<Path extends Get>(tenant: Tenant, path: Path, options?: GetOptions<Path>) {
  return queryOptions({
    queryKey: keyOf(tenant, path, options as RawOptions | undefined),
    queryFn: ({ signal }) => read(tenant.hub, path, { ...options as RawOptions, signal }) as Promise<Reply<'GET', Path>>,
  })
}

interface Extra { enabled?: boolean, staleTime?: number, refetchInterval?: number | false, keepPrevious?: boolean }

/** One thing of the hub's, kept up to date. */
export function useGet<Path extends Get>(path: Path, options?: GetOptions<Path>, { keepPrevious, ...extra }: Extra = {}): UseQueryResult<Reply<'GET', Path>> {
  return useQuery({ ...getQuery(useTenant(), path, options), ...keepPrevious && { placeholderData: keepPreviousData }, ...extra }) as UseQueryResult<Reply<'GET', Path>>
}

/** Few at first, so that they are soon there; then as many as the hub gives. */
const PAGE = 100
const FURTHER = 500

interface FetchedPage<Each> { data: Each[], nextCursor: string | null, searchedUntil?: string | null }

/** The same function at each render: else thousands of rows would be put together and compared each time. */
function rowsOf<Each>({ pages }: InfiniteData<FetchedPage<Each>>): { rows: Each[], searchedUntil: string | undefined } {
  return { rows: pages.flatMap(({ data }) => data), searchedUntil: pages.at(-1)?.searchedUntil ?? undefined }
}

/** A list, page by page; `rows` are all that were fetched so far. */
export function useRows<Path extends ListPath>(path: Path, options?: GetOptions<Path>, extra: Pick<Extra, 'enabled' | 'refetchInterval'> = {}) {
  const tenant = useTenant()
  const given = options as RawOptions | undefined
  const query = useInfiniteQuery({
    queryKey: [...keyOf(tenant, path, given), 'pages'],
    queryFn: ({ pageParam, signal }) => read(tenant.hub, path, { ...given, query: { limit: pageParam === '' ? PAGE : FURTHER, ...given?.query, ...pageParam !== '' && { cursor: pageParam } }, signal }) as Promise<FetchedPage<Row<Path>>>,
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: rowsOf<Row<Path>>,
    placeholderData: keepPreviousData,
    ...extra,
  })
  return {
    ...query,
    // That nothing fitted the filter before does not say that nothing is there now.
    rows: query.isPlaceholderData && query.data?.rows.length === 0 ? undefined : query.data?.rows,
    /** For the list's table: how to have more, and how far back a search came that has not seen all. */
    more: query.hasNextPage ? { load: () => { void query.fetchNextPage() }, isLoading: query.isFetchingNextPage, searchedUntil: query.data?.searchedUntil } : undefined,
  }
}

export function useStale(): (...paths: string[]) => Promise<void> {
  const client = useQueryClient()
  const { slug } = useTenant()
  return (...paths) => stale(client, slug, paths)
}
