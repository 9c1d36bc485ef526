import { GraduationCap } from 'lucide-react'
import type { Finder } from '../../routing/feature.ts'
import { texts } from './texts.ts'

export const overviewFinder: Finder = {
  commands: ({ can }) => (can('integrations:write') && can('integrations:run') ? [{ id: 'guide', label: texts.guideAgain, icon: GraduationCap, to: 'integrations?guide=show' }] : []),
}
