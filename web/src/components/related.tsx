import { Group, Text } from '@mantine/core'
import { CornerDownRight } from 'lucide-react'
import type { KeptRecord } from '../hub/client.ts'
import { useGet } from '../hub/queries.ts'
import { RouteLink } from '../routing/link.tsx'
import { usePath } from '../routing/paths.ts'
import { Ago } from './ago.tsx'
import { Loaded } from './loading.tsx'
import { Section } from './section.tsx'
import { Status, type Tone } from './status.tsx'
import { texts } from './texts.ts'

const folders: Record<KeptRecord['kind'], string> = { event: 'events', run: 'runs', execution: 'executions', delivery: 'deliveries' }
const goodOnes = new Set(['succeeded', 'delivered', 'completed'])
const badOnes = new Set(['failed', 'faulted'])
const toneOf = (status: string): Tone => (goodOnes.has(status) ? 'good' : badOnes.has(status) ? 'bad' : 'idle')

/** Below the tenant. */
export const recordPath = ({ kind, id }: Pick<KeptRecord, 'kind' | 'id'>): string => `${folders[kind]}/${id}`

/** What led to a record, from the beginning, what it listened for, and what came of it. */
export function Related({ id }: { id: string }) {
  const query = useGet('/api/v1/records/{id}', { path: { id } })
  return (
    <Section title={texts.related}>
      <Loaded query={query} height={30}>
        {({ before, heard, after, ...own }) => (before.length + heard.length + after.length === 0
          ? <Text size="sm" c="dimmed">{texts.relatedNone}</Text>
          : (
            <ol className="app-related">
              {before.toReversed().map((record, depth, chain) => <Line key={record.id} record={record} depth={depth} said={texts.relations[chain[depth - 1]?.relation ?? 'led']} />)}
              {heard.map((record) => <Line key={record.id} record={record} depth={before.length} said={texts.relations[record.relation]} />)}
              {/* How it came of the one before it stands with that one. */}
              <Line record={own} depth={before.length} said={texts.relations[before[0]?.relation ?? 'led']} isOwn />
              {after.map((record) => <Line key={record.id} record={record} depth={before.length + 1} said={texts.relations[record.relation]} />)}
            </ol>
          ))}
      </Loaded>
    </Section>
  )
}

function Line({ record, depth, said, isOwn = false }: { record: Omit<KeptRecord, 'relation'>, depth: number, said?: string | undefined, isOwn?: boolean }) {
  const path = usePath()
  const { kind, label, status, at } = record
  return (
    <li style={{ paddingInlineStart: Math.min(depth, 6) * 22 }} {...isOwn && { 'aria-current': 'true' as const }}>
      <Group gap={8} wrap="nowrap">
        {depth > 0 && <CornerDownRight size={14} aria-hidden style={{ flex: 'none', color: 'var(--app-idle)' }} />}
        <Text span size="xs" c="dimmed" style={{ flex: 'none' }}>{[said, texts.recordKinds[kind]].filter(Boolean).join(' · ')}</Text>
        {isOwn ? <Text span size="sm" fw={600} className="app-clip" dir="auto">{label}</Text> : <RouteLink to={path(recordPath(record))} className="app-link app-clip" dir="auto">{label}</RouteLink>}
        {status !== null && <Status tone={toneOf(status)} size="sm" style={{ flex: 'none' }}>{status}</Status>}
        <Text span size="xs" c="dimmed" style={{ flex: 'none' }}><Ago time={at} mayBeAhead /></Text>
      </Group>
    </li>
  )
}
