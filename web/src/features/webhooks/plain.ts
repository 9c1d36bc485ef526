import type { Event } from '../../hub/client.ts'

/** The CloudEvent alone: without what the hub knows of it, which nobody else sees. */
export function plain({ messageId: _message, receivedAt: _received, webhookSourceId: _source, runId: _run, schemaErrors: _errors, dataRef: _ref, ...event }: Event): Record<string, unknown> {
  return event
}
