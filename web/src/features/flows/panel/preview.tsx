import { Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Client } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import type { Sample } from '../sample/sample.ts'
import { texts } from '../texts.ts'
import { usePanel } from './context.ts'
import type { Moment } from './field.ts'

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
  if (moment === 'none') return null
  if (sample === undefined) return <Text size="xs" c="dimmed">{texts.noSample}</Text>
  if (settled === undefined || settled === '') return null
  if (error !== null) return <Text size="xs" className="app-anywhere" role="status" style={{ color: 'var(--app-bad)' }}>{error.message}</Text>
  if (data === undefined) return null
  const written = JSON.stringify(data.output, null, 2)
  return (
    <div role="status" aria-label={texts.preview}>
      <Text size="xs" c="dimmed" component="div">{texts.preview}</Text>
      {sample.isRough === true && <Text size="xs" style={{ color: 'var(--app-warn)' }}>{texts.roughSample}</Text>}
      {isShort && <Text size="xs" style={{ color: 'var(--app-warn)' }}>{texts.largeSample}</Text>}
      <pre className="app-pre app-code app-preview">{written.slice(0, LONGEST)}{written.length > LONGEST && '…'}</pre>
    </div>
  )
}

interface Evaluation { value: unknown, isBare: boolean, signal: AbortSignal }

/** Loops around it give their first item; what the document does to the data first is done first. */
async function evaluate(hub: Client, { input, variables, loops, first }: Sample, { value, isBare, signal }: Evaluation): Promise<{ output: unknown }> {
  const bound: Record<string, unknown> = { ...variables }
  const ask = (body: { value: unknown, bare: boolean, input: unknown }): Promise<{ output: unknown }> => hub.post('/api/v1/flows/evaluate', { body: { ...body, variables: bound }, signal }) as Promise<{ output: unknown }>
  for (const loop of loops) {
    const { output } = await ask({ value: loop.program, bare: true, input: loop.input })
    bound[loop.name] = Array.isArray(output) ? output[0] ?? null : null
    bound[loop.at] = 0
  }
  if (first === undefined) return ask({ value, bare: isBare, input })
  const { output } = await ask({ value: first.value, bare: true, input: first.input })
  bound[first.variable] = output
  return ask({ value, bare: isBare, input: output })
}
