import { Anchor, Drawer, Group, Stack, Switch, Text } from '@mantine/core'
import { ScanSearch } from 'lucide-react'
import { Ago } from '../../../components/ago.tsx'
import { ValueView } from '../../../components/code/value-view.tsx'
import { Facts } from '../../../components/facts.tsx'
import { HeadersView } from '../../../components/headers-view.tsx'
import { notifyFailed } from '../../../components/notify.tsx'
import { Status } from '../../../components/status.tsx'
import type { Column } from '../../../components/table/columns.ts'
import { DataTable } from '../../../components/table/data-table.tsx'
import { useAction } from '../../../hub/action.ts'
import type { WebhookRequest, WebhookSource } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { formatBytes, formatExact } from '../../../lib/format.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { texts } from '../texts.ts'

/** What came, as it came: what was refused, or all of it. */
export function RequestsPart({ source: { id, inspect, etag } }: { source: WebhookSource }) {
  const path = usePath()
  const { can } = useTenant()
  const [{ request }, setUrl] = useUrl<'request'>()
  const list = useRows('/api/v1/webhook-sources/{id}/requests', { path: { id }, query: { limit: 50 } }, { refetchInterval: 5000 })
  const turn = useAction<boolean>({
    run: ({ hub }, next) => hub.patch('/api/v1/webhook-sources/{id}', { path: { id }, body: { inspect: next }, ifMatch: etag }), changes: ['/api/v1/webhook-sources'],
    failed: (error) => { notifyFailed(texts.failed, error) },
  })
  const shown = list.rows?.find((each) => each.id === request)
  return (
    <Stack gap="sm">
      <Switch label={texts.inspect} description={texts.inspectHelp} checked={inspect} disabled={!can('webhooks:write') || turn.isPending} onChange={(event) => { turn.mutate(event.currentTarget.checked) }} />
      <DataTable
        label={texts.sourcePart.requests} rows={list.rows} columns={columns} rowId={(each) => each.id} to={(each) => path(`webhooks/sources/${id}`, { part: 'requests', request: each.id })} highlighted={request}
        error={list.error} retry={() => { void list.refetch() }} empty={{ icon: ScanSearch, title: texts.noRequests, text: inspect ? texts.noRequestsInspected : texts.noRequestsText }}
        more={list.more}
      />
      {shown !== undefined && <Drawer opened onClose={() => { setUrl({ request: undefined }) }} title={`${shown.method} · ${shown.status}`} size="xl"><Inspected request={shown} /></Drawer>}
    </Stack>
  )
}

function Inspected({ request: { receivedAt, reason, eventId, url, ip, headers, sizeBytes, body, bodyEncoding, truncated } }: { request: WebhookRequest }) {
  const path = usePath()
  return (
    <Stack gap="sm">
      {reason !== null && <Text size="sm" fw={600} className="app-anywhere">{reason}</Text>}
      <Facts facts={[
        [texts.received, formatExact(receivedAt)], [texts.path, <code key="u">{url}</code>], [texts.address, ip], [texts.size, formatBytes(sizeBytes)],
        [texts.event, eventId !== null && <Anchor component={RouteLink} to={path(`events/${eventId}`)} size="sm">{eventId}</Anchor>],
      ]} />
      <HeadersView headers={headers} />
      <Group gap="xs"><Text size="sm" fw={500}>{texts.body}</Text>{truncated && <Text size="xs" c="dimmed">{texts.bodyTruncated}</Text>}{bodyEncoding === 'base64' && <Text size="xs" c="dimmed">{texts.bodyBinary}</Text>}</Group>
      <ValueView value={body} label={texts.body} />
    </Stack>
  )
}

const columns: Column<WebhookRequest>[] = [
  { id: 'request', header: texts.request, cell: ({ method, url }) => <span className="app-mono app-clip app-cell-name" style={{ display: 'block' }}><strong>{method}</strong> {url.replace(/^\/hooks\/[^?]*/, '')}</span> },
  { id: 'answer', header: texts.answer, cell: ({ status }) => <Status tone={status < 400 ? 'good' : 'bad'}>{String(status)}</Status> },
  { id: 'reason', header: texts.reason, from: 'xs', cell: ({ reason }) => <span className="app-anywhere">{reason}</span> },
  { id: 'size', header: texts.size, align: 'end', from: 'sm', cell: ({ sizeBytes }) => <span className="app-num">{formatBytes(sizeBytes)}</span> },
  { id: 'received', header: texts.received, align: 'end', cell: ({ receivedAt }) => <Ago time={receivedAt} /> },
]
