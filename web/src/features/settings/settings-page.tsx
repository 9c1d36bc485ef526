import { Stack } from '@mantine/core'
import { Suspense } from 'react'
import { TabStrip } from '../../components/tab-strip.tsx'
import { useTenant } from '../../hub/session.ts'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { parts, type Part } from './parts-list.ts'
import { texts } from './texts.ts'

export function SettingsPage() {
  const { can } = useTenant()
  const path = usePath()
  const [{ part }] = useUrl<'part'>()
  const offered = (Object.keys(parts) as Part[]).filter((each) => parts[each].needs === undefined || can(parts[each].needs))
  const shown = offered.find((each) => each === part) ?? offered[0]!
  const View = parts[shown].view
  return (
    <Stack gap="md">
      <TabStrip label={texts.partsLabel} tabs={offered.map((each) => ({ key: each, label: texts.parts[each], to: path('settings', { part: each }), isCurrent: each === shown }))} />
      <Suspense fallback={null}><View /></Suspense>
    </Stack>
  )
}
