/** A tenant's events as they come, over connections that break. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../../client/client.ts'
import { ApiError } from '../../client/errors.ts'
import { readReceived, type ReceivedEvent } from './received.ts'
import { readEvents } from '../../lib/http/server-sent-events.ts'

export interface FollowOptions {
  /** Which events. */
  query: Record<string, string>
  signal: AbortSignal
  /** The stream is open: for the first time, or again. */
  connected(again: boolean): void
  /** It broke off, and is tried again. */
  lost(error: unknown): void
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

/**
 * Ends when `signal` does. After a break it goes on behind the last event. Throws what the very first connection fails with, and later what a repeat
 * would not mend.
 */
export async function* follow(client: Client, { query, signal, connected, lost }: FollowOptions): AsyncGenerator<ReceivedEvent, void, undefined> {
  // Until an event has come, a break would leave nothing to go on behind: then it is the newest that was there before.
  const { data: [newest] } = await client.get('/api/v1/events', { query: { limit: 1 }, signal })
  const after = newest?.messageId ?? 'beginning'
  let lastId: string | undefined
  let wasOpen = false
  let waitMs = FIRST_WAIT_MS
  while (!signal.aborted) {
    let failure: unknown
    try {
      const response = await client.raw('GET', '/api/v1/bus/stream', {
        query: { ...query, ...wasOpen && { after } }, signal, headers: { accept: 'text/event-stream', ...lastId !== undefined && { 'last-event-id': lastId } },
      })
      connected(wasOpen)
      wasOpen = true
      waitMs = FIRST_WAIT_MS
      for await (const { id, data } of readEvents(response.body!)) {
        if (data !== '') yield readReceived(data)
        // Once it was handled: whoever breaks off in between gets it again.
        lastId = id ?? lastId
      }
    } catch (error) {
      failure = error
    }
    if (signal.aborted) return
    if (!wasOpen || failure instanceof ApiError && !mayPass(failure)) throw failure
    lost(failure)
    await pause(waitMs * (0.8 + 0.4 * Math.random()), undefined, { signal }).catch(() => undefined)
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  }
}

function mayPass({ status }: ApiError): boolean {
  return status >= 500 || status === 429
}
