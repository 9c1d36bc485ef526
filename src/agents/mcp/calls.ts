/** Calls under way, by the conversation that they belong to: a cancellation comes as a request of its own. */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js'

export interface Conversation {
  /** Whose it is: another key's calls are never meant. */
  owner: string
  /** Undefined for a client without one, whose calls cannot be told from those of others with the same key. */
  sessionId: string | undefined
}

export interface Calls {
  begin(of: Conversation, body: unknown, server: Server): { end(): void }
  /** What a body of the conversation says is not wanted any more. */
  cancelBy(of: Conversation, body: unknown): void
  /** They are waited for no more. */
  endAll(of: Conversation): void
}

interface Call { ids: unknown[], server: Server }

export function createCalls(): Calls {
  const running = new Map<string, Set<Call>>()
  const keyOf = ({ owner, sessionId }: Conversation): string | undefined => sessionId && `${owner} ${sessionId}`
  const callsOf = (of: Conversation): Iterable<Call> => running.get(keyOf(of) ?? '') ?? []
  return {
    begin(of, body, server) {
      const key = keyOf(of)
      if (key === undefined) return { end: () => undefined }
      const call = { ids: idsOf(body), server }
      const calls = running.get(key) ?? new Set()
      running.set(key, calls.add(call))
      return {
        end() {
          calls.delete(call)
          if (calls.size === 0) running.delete(key)
        },
      }
    },
    cancelBy(of, body) {
      for (const id of cancelledBy(body)) for (const call of callsOf(of)) if (call.ids.includes(id)) cancel(call, id, CANCELLED)
    },
    endAll(of) {
      for (const call of callsOf(of)) for (const id of call.ids) cancel(call, id, undefined)
    },
  }
}

/** What the signal of a call is aborted with where its client cancelled it, and not where only the connection or the session is gone. */
export const CANCELLED = 'cancelled by its client'

function cancel({ ids, server }: Call, id: unknown, reason: string | undefined): void {
  server.transport?.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id as string, ...reason !== undefined && { reason } } })
  // A cancelled request is not answered, and without an answer its stream would never end. The message is taken a moment later, and must be first.
  if (ids.length === 1) setImmediate(() => { void server.close() })
}

interface Message { id?: unknown, method?: unknown, params?: { requestId?: unknown } }

function messagesOf(body: unknown): Message[] {
  return [body].flat().filter((each): each is Message => each !== null && typeof each === 'object')
}

function idsOf(body: unknown): unknown[] {
  return messagesOf(body).flatMap(({ id }) => (id === undefined ? [] : [id]))
}

function cancelledBy(body: unknown): unknown[] {
  return messagesOf(body).filter(({ method }) => method === 'notifications/cancelled').map(({ params }) => params?.requestId)
}

export function isInitialize(body: unknown): boolean {
  return messagesOf(body).some(({ method }) => method === 'initialize')
}
