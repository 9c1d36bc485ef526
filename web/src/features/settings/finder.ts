import { Settings } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

export const settingsFinder: Finder = {
  commands: () => Object.entries(texts.parts).map(([part, label]) => ({ id: `settings ${part}`, label: `${texts.tab}: ${label}`, icon: Settings, to: `settings?part=${part}` })),
}
