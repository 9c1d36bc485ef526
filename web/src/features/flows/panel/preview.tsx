import { Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Client } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import type { Sample } from '../sample/sample.ts'
import { texts } from '../texts.ts'
import { usePanel } from './context.ts'
import type { Moment } from './fields.ts'

const PAUSE_MS = 300
const LONGEST = 4000

/** What an expression comes to on the data that was chosen, evaluated by the hub. */
export function Preview({ value, isBare, moment }: { value: unknown, isBare: boolean, moment: Moment }) {
  const { hub, slug } = useTenant()
  const { sampleAt } = usePanel()
  const sample = useMemo(() => sampleAt(moment), [sampleAt, moment])
  const isShort = useMemo(() => JSON.stringify(sample?.input ?? null).includes('"$blob"'), [sample])
  const [settled] = useDebouncedValue(value, PAUSE_MS)
  const { data, error } = useQuery({
    queryKey: [slug, 'evaluate', settled, isBare, sample?.key], enabled: sample !== undefined && settled !== undefined && settled !== '', staleTime: Infinity, gcTime: 60_000, retry: false, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => evaluate(hub, sample!, { value: settled, isBare, signal }),
  })
  if (sample === undefined) return <Text size="xs" c="dimmed">{texts.noSample}</Text>
  if (settled === undefined || settled === '') return null
  if (error !== null) return <Text size="xs" className="app-anywhere" role="status" style={{ color: 'var(--app-bad)' }}>{error.message}</Text>
  if (data === undefined) return null
  const written = JSON.stringify(data.output, null, 2)
  return (
    <div role="status" aria-label={texts.preview}>
      <Text size="xs" c="dimmed" component="div">{texts.preview}</Text>
      {isShort && <Text size="xs" style={{ color: 'var(--app-warn)' }}>{texts.largeSample}</Text>}
      <pre className="app-pre app-code app-preview">{written.slice(0, LONGEST)}{written.length > LONGEST && '…'}</pre>
    </div>
  )
}

interface Evaluation { value: unknown, isBare: boolean, signal: AbortSignal }

/** Loops around it give their first item. */
async function evaluate(hub: Client, { input, variables, loops }: Sample, { value, isBare, signal }: Evaluation): Promise<{ output: unknown }> {
  const bound: Record<string, unknown> = { ...variables }
  for (const loop of loops) {
    const { output } = await hub.post('/api/v1/flows/evaluate', { body: { value: loop.program, bare: true, input: loop.input, variables: bound }, signal })
    bound[loop.name] = Array.isArray(output) ? output[0] ?? null : null
    bound[loop.at] = 0
  }
  return await hub.post('/api/v1/flows/evaluate', { body: { value, bare: isBare, input, variables: bound }, signal }) as { output: unknown }
}
