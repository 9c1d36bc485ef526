/** Postgres notices between hubs: one connection, kept up; after a gap everything may have changed, so `reset` is called. */
import { Client } from 'pg'

export interface Listener { close(): Promise<void> }

export interface ListenOptions {
  connectionString: string
  /** Channel → what to do with a notice's payload. */
  channels: Record<string, (payload: string) => void>
  /** Called when notices may have been missed. */
  reset(): void
  onError(error: unknown): void
}

const RETRY_MS = 1000

export function listen({ connectionString, channels, reset, onError }: ListenOptions): Listener {
  let client: Client | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const connect = async (): Promise<void> => {
    const connecting = new Client({ connectionString, application_name: 'interchange listen', keepAlive: true, connectionTimeoutMillis: 5000 })
    client = connecting
    connecting.on('error', onError)
    connecting.on('end', retry)
    connecting.on('notification', ({ channel, payload }) => { channels[channel]?.(payload ?? '') })
    try {
      await connecting.connect()
      for (const channel of Object.keys(channels)) await connecting.query(`listen ${channel}`)
      reset()
    } catch (error) {
      onError(error)
      await connecting.end().catch(() => undefined)
    }
  }
  const retry = (): void => {
    if (closed || timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      void connect()
    }, RETRY_MS)
    timer.unref()
  }

  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}
