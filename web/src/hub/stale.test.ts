import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { stale } from './stale.ts'

test.each([['below its path', ['/api/v1/runs']], ['at the hub while the page was away', undefined]])('what changes %s while it is read for the first time is read again', async (_where, paths) => {
  const client = new QueryClient()
  const first = Promise.withResolvers<string>()
  const queryFn = vi.fn<() => Promise<string>>().mockReturnValueOnce(first.promise).mockResolvedValue('completed')
  const observer = new QueryObserver(client, { queryKey: ['default', '/api/v1/runs/{id}', { id: '1' }, {}], queryFn })
  const stop = observer.subscribe(() => undefined)
  const told = stale(client, 'default', paths)
  first.resolve('running')
  await told
  expect(observer.getCurrentResult().data).toBe('completed')
  expect(queryFn).toHaveBeenCalledTimes(2)
  stop()
  client.clear()
})

test('what another tenant shows, and what is not of these paths, is left alone', async () => {
  const client = new QueryClient()
  const keys = [['default', '/api/v1/runs', {}, {}], ['default', '/api/v1/flows', {}, {}], ['other', '/api/v1/runs', {}, {}]]
  for (const key of keys) client.setQueryData(key, 'read')
  const areStale = (): boolean[] => keys.map((key) => client.getQueryState(key)!.isInvalidated)
  await stale(client, 'default', ['/api/v1/runs'])
  expect(areStale()).toEqual([true, false, false])
  await stale(client, 'default')
  expect(areStale()).toEqual([true, true, false])
  client.clear()
})
