/** Which paths a notice of the hub makes stale. What has no entry here is a path of its own: `/api/v1/<topic>`. */
const paths: Record<string, string[]> = {
  executions: ['/api/v1/executions', '/api/v1/records', '/api/v1/figures', '/api/v1/attention'],
  integrations: ['/api/v1/integrations', '/api/v1/overview', '/api/v1/health-checks', '/api/v1/attention'],
  webhooks: ['/api/v1/webhooks', '/api/v1/overview', '/api/v1/attention'],
  runs: ['/api/v1/runs', '/api/v1/records', '/api/v1/attention'],
  connectors: ['/api/v1/connectors', '/api/v1/integrations/available'],
  // The hub's own agents are flows; what agents may call depends on both.
  flows: ['/api/v1/flows', '/api/v1/agents', '/api/v1/agent/tools'],
}

export function pathsOf(topics: string[]): string[] {
  return [...new Set(topics.flatMap((topic) => paths[topic] ?? [`/api/v1/${topic}`]))]
}

/** Of events of the hub's own, by what their types begin with. */
const ofTypes: [prefix: string, paths: string[]][] = [
  ['integration.', ['/api/v1/integrations', '/api/v1/overview', '/api/v1/figures']], ['webhook.', ['/api/v1/webhooks', '/api/v1/overview']], ['delivery.', ['/api/v1/deliveries']], ['alert.', ['/api/v1/alerts', '/api/v1/health-checks']],
  ['credential.', ['/api/v1/credentials', '/api/v1/connect-sessions']],
]

export function pathsOfEvent(type: string): string[] {
  return ['/api/v1/events', '/api/v1/records', ...ofTypes.flatMap(([prefix, stale]) => (type.startsWith(prefix) ? stale : []))]
}
