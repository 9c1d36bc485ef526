/** The tabs' names, which stand in everybody's first load. All other words of a feature come with its pages. */
export const tabs = {
  integrations: 'Integrations',
  connectors: 'Connectors',
  webhooks: 'Webhooks',
  monitoring: 'Monitoring',
  marketplace: 'Marketplace',
  flows: 'Flows',
  agents: 'Agents',
  settings: 'Settings',
}
