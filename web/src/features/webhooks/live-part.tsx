import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { Pause, Play, Radio } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Empty } from '../../components/empty.tsx'
import { Status } from '../../components/status.tsx'
import type { CloudEvent } from '../../hub/client.ts'
import { useEvents, useLiveState } from '../../hub/live-context.ts'
import { formatClockExact } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

/** As many as one can look at; older ones are in the list of events. */
const KEPT = 200

interface Seen { at: number, event: CloudEvent, text: string }

/** Events as they are committed, the newest first. */
export function LivePart() {
  const [{ q, held }, setUrl] = useUrl<'q' | 'held'>()
  const [seen, setSeen] = useState<Seen[]>([])
  const isHeld = held !== undefined
  const state = useLiveState()
  useEvents((event) => { if (!isHeld) setSeen((before) => [{ at: Date.now(), event, text: JSON.stringify(event) }, ...before].slice(0, KEPT)) })
  const words = (q ?? '').toLowerCase()
  const shown = useMemo(() => (words === '' ? seen : seen.filter(({ text }) => text.toLowerCase().includes(words))), [seen, words])
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <TextInput type="search" aria-label={texts.liveFilter} placeholder={texts.liveFilter} value={q ?? ''} onChange={(event) => { setUrl({ q: event.currentTarget.value || undefined }) }} w={{ base: '100%', xs: 280 }} />
        <Button variant="default" leftSection={isHeld ? <Play size={14} /> : <Pause size={14} />} onClick={() => { setUrl({ held: isHeld ? undefined : 'yes' }) }}>{isHeld ? texts.resumeTail : texts.holdTail}</Button>
        {seen.length > 0 && <Button variant="default" onClick={() => { setSeen([]) }}>{texts.clearTail}</Button>}
        <Status tone={isHeld || state !== 'live' ? 'idle' : 'good'}>{isHeld ? texts.tailHeld : state === 'live' ? texts.tailLive : texts.tailAway}</Status>
      </Group>
      <div className="app-table-box" role="log" aria-label={texts.parts.live} aria-live="off" style={{ minHeight: 320 }}>
        {shown.length === 0 ? <Empty icon={Radio} title={seen.length > 0 ? texts.tailFiltered : isHeld ? texts.tailHeldEmpty : texts.tailEmpty} text={texts.tailText} /> : shown.map(({ event, text, at }) => <Line key={`${event.source} ${event.id}`} event={event} text={text} at={at} />)}
      </div>
    </Stack>
  )
}

function Line({ event: { id, type }, text, at }: Seen) {
  const path = usePath()
  return (
    <details className="app-tail-line">
      <summary>
        <span className="app-mono app-num">{formatClockExact(at)}</span> <Text span size="sm" fw={550} dir="auto">{type}</Text>
      </summary>
      <pre className="app-pre" tabIndex={0}>{JSON.stringify(JSON.parse(text), null, 2).slice(0, 20_000)}</pre>
      <Button variant="default" component={RouteLink} to={path(`events/${encodeURIComponent(id)}`)} m="xs">{texts.openEvent}</Button>
    </details>
  )
}
