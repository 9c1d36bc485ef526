import { Stack } from '@mantine/core'
import { Suspense } from 'react'
import { lazily } from '../../components/lazily.ts'
import { TabStrip } from '../../components/tab-strip.tsx'
import { useTenant } from '../../hub/session.ts'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

type Part = keyof typeof texts.parts

const parts: Record<Part, React.LazyExoticComponent<React.ComponentType>> = {
  connect: lazily(async () => (await import('./connect-part.tsx')).ConnectPart),
  tools: lazily(async () => (await import('./tools-part.tsx')).ToolsPart),
  calls: lazily(async () => (await import('./calls-part.tsx')).CallsPart),
  definitions: lazily(async () => (await import('./definitions-part.tsx')).DefinitionsPart),
}

export function AgentsPage() {
  const path = usePath()
  const [{ part }] = useUrl<'part'>()
  const { can } = useTenant()
  const offered = (Object.keys(parts) as Part[]).filter((each) => each !== 'definitions' || can('agents:read'))
  const shown = offered.find((each) => each === part) ?? 'connect'
  const View = parts[shown]
  return (
    <Stack gap="md">
      <TabStrip label={texts.partsLabel} tabs={offered.map((each) => ({ key: each, label: texts.parts[each], to: path('agents', each === 'connect' ? {} : { part: each }), isCurrent: each === shown }))} />
      <Suspense fallback={null}><View /></Suspense>
    </Stack>
  )
}
