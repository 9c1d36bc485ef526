import { Button, Drawer, Group, Select, Stack, TagsInput, Text } from '@mantine/core'
import { KeyRound, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { errorsBelow } from '../../components/form/problem-errors.ts'
import { Loaded } from '../../components/loading.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { Section } from '../../components/section.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { OAuthClient } from '../../hub/client.ts'
import { useGet, useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { ClientForm } from '../accounts/parts.tsx'
import { ConnectSessions } from './connect-sessions.tsx'
import { texts } from './texts.ts'

/** The clients by which vendors know this hub, and where connect sessions may lead back to. */
export function ClientsPart() {
  const { can } = useTenant()
  const list = useRows('/api/v1/oauth-clients', { query: { limit: 500 } })
  const [editing, setEditing] = useState<OAuthClient | 'new'>()
  const [deleting, setDeleting] = useState<OAuthClient>()
  const mayWrite = can('oauth-clients:write')
  const columns = useMemo(() => columnsOf(mayWrite, { edit: setEditing, remove: setDeleting }), [mayWrite])
  const remove = useAction<OAuthClient>({ run: ({ hub }, { vendor }) => hub.delete('/api/v1/oauth-clients/{vendor}', { path: { vendor } }), changes: ['/api/v1/oauth-clients', '/api/v1/connectors'], done: () => { setDeleting(undefined) } })
  const add = mayWrite && <Button leftSection={<Plus size={15} />} onClick={() => { setEditing('new') }}>{texts.newClient}</Button>
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">{texts.clientsText}</Text>
      <Group>{add}</Group>
      <DataTable label={texts.parts.clients} rows={list.rows} columns={columns} rowId={({ vendor }) => vendor} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: KeyRound, title: texts.noClients, text: texts.noClientsText, action: add }} />
      <ReturnUrls />
      <ConnectSessions />
      {editing !== undefined && <ClientDrawer client={editing === 'new' ? undefined : editing} onClose={() => { setEditing(undefined) }} />}
      <Confirm opened={deleting !== undefined} title={texts.deleteClientTitle} text={texts.deleteClientText(deleting?.vendor ?? '')} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { if (deleting !== undefined) remove.mutate(deleting) }} onClose={() => { setDeleting(undefined) }} />
    </Stack>
  )
}

function columnsOf(mayWrite: boolean, { edit, remove }: { edit(client: OAuthClient): void, remove(client: OAuthClient): void }): Column<OAuthClient>[] {
  return [
    { id: 'vendor', header: texts.vendor, sort: ({ vendor }) => vendor, cell: ({ vendor }) => <span className="app-anywhere">{vendor}</span> },
    { id: 'client', header: texts.clientId, from: 'xs', cell: ({ clientId }) => <code className="app-anywhere">{clientId}</code> },
    { id: 'secret', header: texts.secret, from: 'sm', cell: ({ hasSecret }) => (hasSecret ? texts.isSet : texts.publicClient) },
    { id: 'whose', header: texts.whose, from: 'sm', cell: ({ own, shared }) => (own ? shared ? texts.ownShared : texts.own : texts.ofOperator) },
    { id: 'changed', header: texts.changed, from: 'md', cell: ({ updatedAt }) => <Ago time={updatedAt} /> },
    ...mayWrite ? [{
      id: 'actions', header: texts.edit, isHeaderHidden: true, align: 'end' as const,
      cell: (client: OAuthClient) => client.own && (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button variant="default" aria-label={`${texts.edit}: ${client.vendor}`} onClick={() => { edit(client) }}>{texts.edit}</Button>
          <Button variant="default" aria-label={`${texts.delete}: ${client.vendor}`} onClick={() => { remove(client) }}>{texts.delete}</Button>
        </Group>
      ),
    }] : [],
  ]
}

const OTHER = ''

function ClientDrawer({ client, onClose }: { client: OAuthClient | undefined, onClose(): void }) {
  const query = useGet('/api/v1/oauth/vendors', { query: { limit: 500 } }, { staleTime: 3_600_000 })
  const [chosen, setChosen] = useState<string | null>(client?.vendor ?? null)
  return (
    <Drawer opened onClose={onClose} title={client?.vendor ?? texts.newClient}>
      <Loaded query={query}>
        {({ data, redirectUri }) => {
          const known = data.find(({ id }) => id === chosen)
          return (
            <Stack gap="sm">
              {client === undefined && <Select label={texts.vendor} placeholder={texts.chooseVendor} searchable data={[...data.map(({ id, name }) => ({ value: id, label: name })), { value: OTHER, label: texts.otherVendor }]} value={chosen} onChange={setChosen} />}
              {chosen !== null && <ClientForm key={chosen} vendor={chosen === OTHER ? undefined : chosen} known={known} redirectUri={redirectUri} client={client} asksAddresses={known === undefined} onSaved={onClose} />}
            </Stack>
          )
        }}
      </Loaded>
    </Drawer>
  )
}

function ReturnUrls() {
  const query = useGet('/api/v1/oauth/return-urls')
  return <Section title={texts.returnUrls} text={texts.returnUrlsText}><Loaded query={query} height={40}>{({ urls }) => <ReturnUrlsForm urls={urls} />}</Loaded></Section>
}

function ReturnUrlsForm({ urls }: { urls: string[] }) {
  const { can } = useTenant()
  const [value, setValue] = useState(urls)
  const save = useAction<void>({ run: ({ hub }) => hub.put('/api/v1/oauth/return-urls', { body: { urls: value } }), changes: ['/api/v1/oauth/return-urls'], done: () => { notifyDone(texts.savedDone) } })
  const [fault] = errorsBelow(save.error, '/urls')
  const mayWrite = can('oauth-clients:write')
  return (
    <>
      <TagsInput aria-label={texts.returnUrls} placeholder="https://app.example.com/settings" readOnly={!mayWrite} value={value} onChange={setValue} error={fault?.detail} />
      {save.isError && fault === undefined && <Problem error={save.error} title={texts.failed} />}
      {mayWrite && <Group justify="flex-end"><Button variant="default" loading={save.isPending} disabled={value.join(' ') === urls.join(' ')} onClick={() => { save.mutate() }}>{texts.save}</Button></Group>}
    </>
  )
}
