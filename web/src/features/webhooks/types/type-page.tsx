import { Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { PencilLine, Radio, Send, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../../components/ago.tsx'
import { ValueView } from '../../../components/code/value-view.tsx'
import { Confirm } from '../../../components/confirm.tsx'
import { Facts } from '../../../components/facts.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { notifyDone } from '../../../components/notify.tsx'
import { Page } from '../../../components/page.tsx'
import { Section } from '../../../components/section.tsx'
import { Named } from '../../../components/table/cells.tsx'
import type { Column } from '../../../components/table/columns.ts'
import { DataTable } from '../../../components/table/data-table.tsx'
import { useAction } from '../../../hub/action.ts'
import type { Event, Reply } from '../../../hub/client.ts'
import { useGet, useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { RouteLink, useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { PublishDrawer } from '../publish-drawer.tsx'
import { State } from '../state.tsx'
import { texts } from '../texts.ts'
import { TypeDrawer } from './type-drawer.tsx'

type Known = Reply<'GET', '/api/v1/event-types/{type}'>

/** One type: what its data looks like, who sends it, and who gets it. */
export function TypePage() {
  const { type } = useParams({ strict: false }) as { type: string }
  const path = usePath()
  const query = useGet('/api/v1/event-types/{type}', { path: { type } })
  return (
    <Page title={type} crumbs={[{ label: texts.parts.types, to: path('webhooks', { part: 'types' }) }]} subtitle={query.data?.description || undefined} actions={query.data && <Actions known={query.data} />}>
      <Loaded query={query}>{(known) => <Shown known={known} />}</Loaded>
    </Page>
  )
}

function Actions({ known }: { known: Known }) {
  const { can } = useTenant()
  const go = useGo()
  const path = usePath()
  const [{ publish }, setUrl] = useUrl<'publish'>()
  const [open, setOpen] = useState<'edit' | 'remove'>()
  const remove = useAction<void>({
    run: ({ hub }) => hub.delete('/api/v1/event-types/{type}', { path: { type: known.type } }), changes: ['/api/v1/event-types'],
    done() {
      notifyDone(texts.typeRemoved)
      go(path('webhooks', { part: 'types' }))
    },
  })
  if (!can('events:write')) return null
  const isOwn = known.origin === 'tenant'
  return (
    <>
      {isOwn && <Button variant="default" leftSection={<Trash2 size={14} />} onClick={() => { setOpen('remove') }}>{texts.remove}</Button>}
      <Button variant="default" leftSection={<PencilLine size={14} />} onClick={() => { setOpen('edit') }}>{isOwn ? texts.edit : texts.replaceType}</Button>
      <Button leftSection={<Send size={14} />} onClick={() => { setUrl({ publish: 'yes' }) }}>{texts.publish}</Button>
      {open === 'edit' && <TypeDrawer known={known} onClose={() => { setOpen(undefined) }} />}
      {publish !== undefined && <PublishDrawer type={known.type} onClose={() => { setUrl({ publish: undefined }) }} />}
      <Confirm opened={open === 'remove'} title={texts.removeType} text={texts.removeTypeText} action={texts.remove} isPending={remove.isPending} error={remove.error} onConfirm={() => { remove.mutate() }} onClose={() => { setOpen(undefined) }} />
    </>
  )
}

function Shown({ known: { type, origin, connector, schema, example, createdAt, updatedAt } }: { known: Known }) {
  const { can } = useTenant()
  const path = usePath()
  return (
    <Stack gap="md">
      <Section title={texts.about}>
        <Facts facts={[
          [texts.origin, connector === null ? texts.origins[origin] : <Anchor key="c" component={RouteLink} to={path(`connectors/${encodeURIComponent(connector)}`, { part: 'events' })} size="sm">{connector}</Anchor>],
          [texts.created, createdAt !== null && <Ago key="m" time={createdAt} />], [texts.changed, updatedAt !== null && <Ago key="u" time={updatedAt} />],
        ]} />
      </Section>
      <Section title={texts.schema}>{schema === null ? <Text size="sm" c="dimmed">{texts.noSchema}</Text> : <ValueView value={schema} label={texts.schema} />}</Section>
      {schema !== null && <Section title={texts.example} text={texts.exampleText}><ValueView value={example} label={texts.example} /></Section>}
      {can('webhooks:read') && <Receivers type={type} />}
      <Latest type={type} />
    </Stack>
  )
}

function Receivers({ type }: { type: string }) {
  const path = usePath()
  const query = useGet('/api/v1/webhooks', { query: { wants: type, limit: 100 } })
  return (
    <Section title={texts.receivers} text={texts.receiversText}>
      <Loaded query={query} height={30}>
        {({ data }) => (data.length === 0
          ? <Text size="sm" c="dimmed">{texts.noReceivers}</Text>
          : (
            <List size="sm" spacing={4} listStyleType="none">
              {data.map(({ id, name, status, failingSince }) => <List.Item key={id}><Group gap="sm"><RouteLink to={path(`webhooks/endpoints/${id}`)} className="app-link" dir="auto">{name}</RouteLink><State status={status} failingSince={failingSince} /></Group></List.Item>)}
            </List>
          ))}
      </Loaded>
    </Section>
  )
}

const SHOWN = 10

/** Who sends them shows here: nobody has to be registered for it. */
function Latest({ type }: { type: string }) {
  const path = usePath()
  const list = useRows('/api/v1/events', { query: { type, limit: SHOWN } })
  const rows = useMemo(() => list.rows?.slice(0, SHOWN), [list.rows])
  return (
    <Section title={texts.latest} actions={<Button variant="default" component={RouteLink} to={path('webhooks', { part: 'events', type })}>{texts.allOfType}</Button>}>
      <DataTable label={texts.latest} rows={rows} columns={columns} rowId={({ messageId }) => messageId} to={({ messageId }) => path(`events/${messageId}`)} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: Radio, title: texts.noneYet }} />
    </Section>
  )
}

const columns: Column<Event>[] = [
  { id: 'event', header: texts.event, cell: ({ id, subject }) => <Named name={subject ?? id} /> },
  { id: 'source', header: texts.source, cell: ({ source }) => <span className="app-mono app-anywhere">{source}</span> },
  { id: 'flag', header: texts.schema, from: 'md', cell: ({ schemaErrors }) => schemaErrors !== null && <Text span size="xs" style={{ color: 'var(--app-warn)' }}>{texts.schemaFaults(schemaErrors.length)}</Text> },
  { id: 'received', header: texts.received, align: 'end', cell: ({ receivedAt }) => <Ago time={receivedAt} /> },
]
