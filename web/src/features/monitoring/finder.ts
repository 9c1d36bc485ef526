import { Monitor } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

export const monitoringFinder: Finder = {
  commands: ({ can }) => (can('integrations:read') ? Object.entries(texts.parts).map(([part, label]) => ({ id: `monitoring ${part}`, label: `${texts.tab}: ${label}`, icon: Monitor, to: `monitoring?part=${part}` })) : []),
}
