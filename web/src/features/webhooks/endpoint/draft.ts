import type { Webhook, WebhookInput } from '../../../hub/client.ts'
import type { Schema } from '../../../hub/api-schema.ts'

export interface EndpointDraft { name: string, url: string, description: string, subscribedEvents: string[], eventFilters: string[], eventTransformations: string[], security: Schema, delivery: Schema }

export const emptyDraft: EndpointDraft = { name: '', url: '', description: '', subscribedEvents: [], eventFilters: [], eventTransformations: [], security: {}, delivery: {} }

export function draftOf({ name, url, description, events, security, delivery }: Webhook): EndpointDraft {
  const { publicKey: _public, previousSecretUntil: _until, ...settable } = security
  return { name, url, description, ...events, security: settable, delivery }
}

/** What was left empty has its default. Null means something to the API where a field takes it, and in a new endpoint the same as nothing. */
export function inputOf({ name, url, description, subscribedEvents, eventFilters, eventTransformations, security, delivery }: EndpointDraft): WebhookInput {
  return {
    name: name.trim(), url: url.trim(), description, events: { subscribedEvents: subscribedEvents.map((type) => type.trim()), eventFilters: written(eventFilters), eventTransformations: written(eventTransformations) },
    security: filled(security), delivery: filled(delivery),
  }
}

export const written = (programs: string[]): string[] => programs.filter((program) => program.trim() !== '')

function filled(group: Schema): Schema {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined && value !== null && value !== ''))
}
