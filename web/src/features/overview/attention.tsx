import { Button, Group, Stack, Text } from '@mantine/core'
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Loaded } from '../../components/loading.tsx'
import { Section } from '../../components/section.tsx'
import { Status, type Tone } from '../../components/status.tsx'
import type { AttentionItem } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { formatNumber } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { texts } from './texts.ts'

const FEW = 5

/** What somebody has to see to, each with the one thing to do next. */
export function Attention() {
  const query = useGet('/api/v1/attention', undefined, { refetchInterval: 30_000 })
  const [isWhole, setWhole] = useState(false)
  return (
    <Section title={texts.attention}>
      <Loaded query={query} height={60}>
        {({ items }) => (items.length === 0
          ? <Group gap="xs" mih={30}><CircleCheck size={16} style={{ color: 'var(--app-good)' }} aria-hidden /><Text size="sm" c="dimmed">{texts.allWell}</Text></Group>
          : (
            <>
              <ul className="app-attention">{items.slice(0, isWhole ? undefined : FEW).map((item) => <Item key={`${item.kind} ${item.id} ${item.name}`} item={item} />)}</ul>
              {items.length > FEW && !isWhole && <Group><Button variant="default" onClick={() => { setWhole(true) }}>{texts.showAll(items.length)}</Button></Group>}
            </>
          ))}
      </Loaded>
    </Section>
  )
}

type Kind = AttentionItem['kind']
const tones: Record<Kind, Tone> = {
  integration_failing: 'bad', credential_failing: 'bad', webhook_failed: 'bad', alert_firing: 'bad', deliveries_exhausted: 'bad', runs_faulted: 'bad', webhook_paused: 'warn', credential_expiring: 'warn',
}

function placeOf({ kind, id, latest }: AttentionItem, path: ReturnType<typeof usePath>): string {
  switch (kind) {
    case 'integration_failing': case 'alert_firing': return path(`integrations/${id}`)
    case 'credential_failing': case 'credential_expiring': return path('settings', { part: 'credentials' })
    case 'webhook_failed': case 'webhook_paused': return path(`webhooks/endpoints/${id}`)
    case 'deliveries_exhausted': return path(`webhooks/endpoints/${id}`, { part: 'deliveries', status: 'failed' })
    case 'runs_faulted': return path(`runs/${latest}`)
  }
}

function Item({ item }: { item: AttentionItem }) {
  const path = usePath()
  const { kind, name, detail, count, at } = item
  const said = texts.kinds[kind](formatNumber(count ?? 0), count ?? 0)
  return (
    <li>
      <Stack gap={2} className="app-shrink" style={{ flex: 1 }}>
        <Text size="sm" fw={550} className="app-clip" dir="auto" title={name}>{name}</Text>
        <Group gap={6} wrap="nowrap"><Status tone={tones[kind]} size="sm" style={{ flex: 'none' }}>{said}</Status><Text span size="xs" c="dimmed"><Ago time={at} none="" mayBeAhead={kind === 'credential_expiring'} /></Text></Group>
        {detail !== null && detail !== '' && <Text size="xs" c="dimmed" className="app-clip" title={detail} dir="auto">{detail}</Text>}
      </Stack>
      <Button variant="default" component={RouteLink} to={placeOf(item, path)} aria-label={`${texts.actions[kind]}: ${name}`}>{texts.actions[kind]}</Button>
    </li>
  )
}
