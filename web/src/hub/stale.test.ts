import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { stale } from './stale.ts'

test('what changes while it is read for the first time is read again', async () => {
  const client = new QueryClient()
  const first = Promise.withResolvers<string>()
  const queryFn = vi.fn<() => Promise<string>>().mockReturnValueOnce(first.promise).mockResolvedValue('completed')
  const observer = new QueryObserver(client, { queryKey: ['default', '/api/v1/runs/{id}', { id: '1' }, {}], queryFn })
  const stop = observer.subscribe(() => undefined)
  const told = stale(client, 'default', ['/api/v1/runs'])
  first.resolve('running')
  await told
  expect(observer.getCurrentResult().data).toBe('completed')
  expect(queryFn).toHaveBeenCalledTimes(2)
  stop()
  client.clear()
})
