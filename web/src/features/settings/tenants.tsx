import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { Building2, Plus } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { Ago } from '../../components/ago.tsx'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Section } from '../../components/section.tsx'
import { ShownOnce } from '../../components/shown-once.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import { useRows, type Row } from '../../hub/queries.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

/** For owners of the operator's tenant alone. */
export function Tenants() {
  const [{ q }, setUrl] = useUrl<'q'>()
  const list = useRows('/api/v1/tenants', { query: { ...q && { q } } })
  const [isMaking, setMaking] = useState(false)
  return (
    <Section title={texts.tenants} text={texts.tenantsText} actions={<Button variant="default" leftSection={<Plus size={15} />} onClick={() => { setMaking(true) }}>{texts.newTenant}</Button>}>
      <Group gap="xs"><SearchInput label={texts.searchTenants} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 280 }} /></Group>
      <DataTable label={texts.tenants} rows={list.rows} columns={columns} rowId={({ id }) => id} filtered={q !== undefined} clearFilters={() => { setUrl({ q: undefined }) }} error={list.error} retry={() => { void list.refetch() }} empty={{ icon: Building2, title: texts.noTenants }}
        more={list.more} />
      {isMaking && <NewTenant onClose={() => { setMaking(false) }} />}
    </Section>
  )
}

const columns: Column<Row<'/api/v1/tenants'>>[] = [
  { id: 'name', header: texts.name, cell: ({ name, isOperator }) => <Named name={name} below={isOperator ? texts.runsHub : undefined} /> },
  { id: 'slug', header: texts.slug, cell: ({ slug }) => <span className="app-mono app-anywhere">{slug}</span> },
  { id: 'created', header: texts.created, align: 'end', from: 'xs', cell: ({ createdAt }) => <Ago time={createdAt} /> },
]

/** Makes one, and shows its first owner's key this once. */
function NewTenant({ onClose }: { onClose(): void }) {
  const [draft, setDraft] = useState({ name: '', slug: '', email: '', owner: '' })
  const make = useAction<void, { ownerKey: string, name: string }>({
    run: ({ hub }) => hub.post('/api/v1/tenants', { body: { name: draft.name.trim(), slug: draft.slug.trim(), owner: { email: draft.email.trim(), ...draft.owner.trim() !== '' && { name: draft.owner.trim() } } } }), changes: ['/api/v1/tenants'],
  })
  if (make.data !== undefined) return <ShownOnce title={texts.tenantMade(make.data.name)} text={texts.ownerKey} value={make.data.ownerKey} onClose={onClose} />
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  const text = (key: keyof typeof draft, pointer: string) => ({ value: draft[key], error: errorAt(make.error, pointer), onChange: (event: { currentTarget: HTMLInputElement }) => { setDraft({ ...draft, [key]: event.currentTarget.value }) } })
  return (
    <Modal opened onClose={onClose} title={texts.newTenant}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">{texts.newTenantText}</Text>
          <TextInput label={texts.name} data-autofocus {...text('name', '/name')} />
          <TextInput label={texts.slug} description={texts.slugHelp} placeholder="acme" {...text('slug', '/slug')} />
          <TextInput label={texts.ownerEmail} type="email" {...text('email', '/owner/email')} />
          <TextInput label={texts.ownerName} {...text('owner', '/owner/name')} />
          {make.isError && <Problem error={make.error} title={texts.failed} />}
          <Group justify="flex-end"><Button type="submit" loading={make.isPending} disabled={draft.name.trim() === '' || draft.slug.trim() === '' || draft.email.trim() === ''}>{texts.makeTenant}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
