import { Stack } from '@mantine/core'
import type { ComponentType } from 'react'
import { TabStrip } from '../../components/tab-strip.tsx'
import { useTenant, type Scope } from '../../hub/session.ts'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { AlertsPart } from './alerts-part.tsx'
import { CapacityPart } from './capacity-part.tsx'
import { ErrorsPart } from './errors-part.tsx'
import { HealthPart } from './health-part.tsx'
import { PerformancePart } from './performance-part.tsx'
import { texts } from './texts.ts'

type Part = keyof typeof texts.parts

const views: Record<Part, { needs: Scope, view: ComponentType }> = {
  health: { needs: 'integrations:read', view: HealthPart }, performance: { needs: 'executions:read', view: PerformancePart }, errors: { needs: 'executions:read', view: ErrorsPart },
  alerts: { needs: 'integrations:read', view: AlertsPart }, capacity: { needs: 'integrations:read', view: CapacityPart },
}

export function MonitoringPage() {
  const { can } = useTenant()
  const path = usePath()
  const [{ part }] = useUrl<'part'>()
  const offered = (Object.keys(views) as Part[]).filter((each) => can(views[each].needs))
  const shown = offered.find((each) => each === part) ?? 'health'
  const View = views[shown].view
  return (
    <Stack gap="md">
      <TabStrip label={texts.partsLabel} tabs={offered.map((each) => ({ key: each, label: texts.parts[each], to: path('monitoring', each === 'health' ? {} : { part: each }), isCurrent: each === shown }))} />
      <View />
    </Stack>
  )
}
