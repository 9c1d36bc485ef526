import { Stack } from '@mantine/core'
import { Suspense } from 'react'
import { lazily } from '../../components/lazily.ts'
import { TabStrip } from '../../components/tab-strip.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

type Part = keyof typeof texts.parts

const parts: Record<Part, React.LazyExoticComponent<React.ComponentType>> = {
  connect: lazily(async () => (await import('./connect-part.tsx')).ConnectPart),
  tools: lazily(async () => (await import('./tools-part.tsx')).ToolsPart),
  calls: lazily(async () => (await import('./calls-part.tsx')).CallsPart),
}

export function AgentsPage() {
  const path = usePath()
  const [{ part }] = useUrl<'part'>()
  const shown: Part = part !== undefined && part in parts ? part as Part : 'connect'
  const View = parts[shown]
  return (
    <Stack gap="md">
      <TabStrip label={texts.partsLabel} tabs={(Object.keys(parts) as Part[]).map((each) => ({ key: each, label: texts.parts[each], to: path('agents', each === 'connect' ? {} : { part: each }), isCurrent: each === shown }))} />
      <Suspense fallback={null}><View /></Suspense>
    </Stack>
  )
}
