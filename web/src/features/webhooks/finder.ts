import { Plus, Webhook } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

export const webhooksFinder: Finder = {
  commands: ({ can }) => [
    ...can('webhooks:write') ? [{ id: 'create webhook', label: texts.create, icon: Plus, to: 'webhooks/new' }] : [],
    ...can('webhooks:read') ? (['sources', 'events', 'deliveries', 'types', 'live'] as const).map((part) => ({ id: `webhooks ${part}`, label: `${texts.tab}: ${texts.parts[part]}`, icon: Webhook, to: `webhooks?part=${part}` })) : [],
  ],
  async find({ hub, can }, q, signal) {
    if (!can('webhooks:read')) return []
    const [endpoints, sources] = await Promise.all([hub.get('/api/v1/webhooks', { query: { q, limit: 4 }, signal }), hub.get('/api/v1/webhook-sources', { query: { q, limit: 4 }, signal })])
    return [
      ...endpoints.data.map(({ id, name, url }) => ({ id, label: name, description: url, icon: Webhook, to: `webhooks/endpoints/${id}` })),
      ...sources.data.map(({ id, name, verification: { scheme } }) => ({ id, label: name, description: scheme, icon: Webhook, to: `webhooks/sources/${id}` })),
    ]
  },
}
