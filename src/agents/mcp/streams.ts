/** Clients that follow: they are told when the list of their tools changed. */
import { HubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'

export interface OpenStream {
  caller: Caller
  stillAllowed(): Promise<boolean>
  changed(): void
  end(): void
}

export interface Streams {
  /** Throws `rate_limited` where the key has too many. */
  add(stream: OpenStream): void
  remove(stream: OpenStream): void
  changed(tenantId: string | undefined): void
  close(): void
}

const MOST_OF_A_KEY = 50
/** Changes come in bursts: an import, a deployment. */
const GATHER_MS = 300
const CHECK_MS = 5000

export function createStreams(): Streams {
  const open = new Set<OpenStream>()
  let told: Set<string | undefined> | undefined
  let checks: NodeJS.Timeout | undefined

  const tell = (): void => {
    const tenants = told ?? new Set()
    told = undefined
    for (const stream of open) if (tenants.has(undefined) || tenants.has(stream.caller.tenantId)) stream.changed()
  }
  /** A stream ends within seconds of its key. */
  const check = (): void => {
    for (const stream of open) stream.stillAllowed().then((allowed) => { if (!allowed) stream.end() }, () => undefined)
  }
  return {
    add(stream) {
      const ofKey = [...open].filter(({ caller }) => caller.tenantId === stream.caller.tenantId && caller.actor === stream.caller.actor).length
      if (ofKey >= MOST_OF_A_KEY) throw new HubError('rate_limited', `This key has ${MOST_OF_A_KEY} open streams already.`, { retryAfterSeconds: 5 })
      open.add(stream)
      checks ??= setInterval(check, CHECK_MS).unref()
    },
    remove(stream) {
      open.delete(stream)
      if (open.size > 0) return
      clearInterval(checks)
      checks = undefined
    },
    changed(tenantId) {
      if (open.size === 0) return
      if (told === undefined) setTimeout(tell, GATHER_MS).unref()
      ;(told ??= new Set()).add(tenantId)
    },
    close() {
      for (const stream of open) stream.end()
      clearInterval(checks)
    },
  }
}
