import { Autocomplete, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { withoutBlanks } from '../../components/form/secrets.ts'
import { Tags } from '../../components/form/tags.tsx'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import { useGet, useRows, type Row } from '../../hub/queries.ts'
import { LinkModal } from './link-modal.tsx'
import { texts } from './texts.ts'

type Connectable = Row<'/api/v1/connectors/{id}/connectable'>
interface Draft { connector: string | null, field: string | null, vendor: string | null, credentialId: string | null, userId: string, email: string, userName: string, name: string, scopes: string[], returnUrl: string }

const nothing: Draft = { connector: null, field: null, vendor: null, credentialId: null, userId: '', email: '', userName: '', name: '', scopes: [], returnUrl: '' }

/** Makes a link, and shows it this once. */
export function ConnectLinkModal({ onClose }: { onClose(): void }) {
  const [draft, setDraft] = useState(nothing)
  const change = (part: Partial<Draft>): void => { setDraft({ ...draft, ...part }) }
  const fields = useRows('/api/v1/connectors/{id}/connectable', { path: { id: draft.connector ?? '' } }, { enabled: draft.connector !== null })
  const field = fields.rows?.find((each) => each.field === draft.field) ?? (fields.rows?.length === 1 ? fields.rows[0] : undefined)
  const { data: returnUrls } = useGet('/api/v1/oauth/return-urls')
  const make = useAction<void, { url: string }>({ run: ({ hub }) => hub.post('/api/v1/connect-sessions', { body: bodyOf(draft, field) }), changes: ['/api/v1/connect-sessions'] })
  if (make.data !== undefined) return <LinkModal link={{ url: make.data.url, mailed: false }} onClose={onClose} />
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  const text = (key: 'userId' | 'email' | 'userName' | 'name', pointer: string) => ({ value: draft[key], error: errorAt(make.error, pointer), onChange: (event: { currentTarget: HTMLInputElement }) => { change({ [key]: event.currentTarget.value }) } })
  return (
    <Modal opened onClose={onClose} title={texts.makeLink}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">{texts.makeLinkText}</Text>
          <What draft={draft} change={change} fields={draft.connector === null ? undefined : fields.rows} field={field} error={make.error} />
          <TextInput label={texts.userId} description={texts.userIdHelp} {...text('userId', '/endUser/id')} />
          <Group grow align="flex-start"><TextInput label={texts.email} type="email" {...text('email', '/endUser/email')} /><TextInput label={texts.name} {...text('userName', '/endUser/name')} /></Group>
          <TextInput label={texts.credentialName} {...text('name', '/name')} />
          <Tags label={texts.sessionScopes} description={texts.sessionScopesHelp} data={Object.keys(field?.scopes ?? {})} splitChars={[' ', ',']} acceptValueOnBlur value={draft.scopes} error={errorAt(make.error, '/scopes')} onChange={(scopes) => { change({ scopes }) }} />
          <Autocomplete label={texts.returnUrl} description={texts.returnUrlHelp} type="url" data={returnUrls?.urls ?? []} value={draft.returnUrl} error={errorAt(make.error, '/returnUrl')} onChange={(returnUrl) => { change({ returnUrl }) }} />
          {make.isError && <Problem error={make.error} title={texts.failed} />}
          <Group justify="flex-end"><Button type="submit" loading={make.isPending} disabled={draft.connector === null}>{texts.makeLinkAction}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}

interface WhatProps { draft: Draft, change(part: Partial<Draft>): void, fields: Connectable[] | undefined, field: Connectable | undefined, error: Error | null }

/** Which account: of a connector, for a field of it, at a vendor, in the place of one that is there. */
function What({ draft: { connector, vendor, credentialId }, change, fields, field, error }: WhatProps) {
  const { rows: connectors = [] } = useRows('/api/v1/connectors', { query: { limit: 500 } })
  const { rows: clients = [] } = useRows('/api/v1/oauth-clients', { query: { limit: 500 } })
  const { rows: credentials = [] } = useRows('/api/v1/credentials', { query: { limit: 500 } })
  const there = credentials.filter((each) => each.connector === connector && Object.keys(each.connections).length > 0)
  return (
    <>
      <Select label={texts.connector} placeholder={texts.chooseConnector} searchable data={connectors.map((each) => ({ value: each.id, label: each.name }))} value={connector} error={fields?.length === 0 ? texts.notConnectable : errorAt(error, '/connector')} onChange={(next) => { change({ ...nothing, connector: next }) }} />
      {fields !== undefined && fields.length > 1 && <Select label={texts.field} data={fields.map((each) => ({ value: each.field, label: each.label }))} value={field?.field ?? null} error={errorAt(error, '/field')} onChange={(next) => { change({ field: next }) }} />}
      {field?.vendor === null && <Select label={texts.vendor} placeholder={texts.chooseVendor} description={texts.vendorOfClients} data={clients.map((each) => each.vendor)} value={vendor} error={errorAt(error, '/vendor')} onChange={(next) => { change({ vendor: next }) }} />}
      {there.length > 0 && <Select label={texts.connectAgain} description={texts.connectAgainHelp} clearable data={there.map(({ id, name }) => ({ value: id, label: name }))} value={credentialId} error={errorAt(error, '/credentialId')} onChange={(next) => { change({ credentialId: next }) }} />}
    </>
  )
}

function bodyOf({ connector, vendor, credentialId, userId, email, userName, name, scopes, returnUrl }: Draft, field: Connectable | undefined): object {
  const named = { connector, field: field?.field, vendor, credentialId, endUser: { id: userId.trim(), email: email.trim(), name: userName.trim() }, name: name.trim(), returnUrl: returnUrl.trim() }
  return { ...withoutBlanks(named), ...scopes.length > 0 && { scopes } }
}
