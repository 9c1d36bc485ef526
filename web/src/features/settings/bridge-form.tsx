import { Button, Checkbox, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { readable } from '../../components/form/readable.ts'
import { SchemaForm } from '../../components/form/schema-form.tsx'
import { Loaded } from '../../components/loading.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import { useApiSchema, type Schema } from '../../hub/api-schema.ts'
import { ApiError, isProblem, type PulsarBridge, type PulsarBridgeInput } from '../../hub/client.ts'
import { useTenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

/** In the order in which they are asked for. */
const ruled = ['consume', 'produce', 'tls'] as const
const looks = { tls: { 'ui:options': { folded: true }, ca: { 'ui:widget': 'textarea' } } }

interface Draft { name: string, serviceUrl: string, token: string, dropsToken: boolean, rules: Schema }

function draftOf(bridge: PulsarBridge | undefined): Draft {
  return { name: bridge?.name ?? '', serviceUrl: bridge?.serviceUrl ?? '', token: '', dropsToken: false, rules: { consume: bridge?.consume ?? [], produce: bridge?.produce ?? [], tls: bridge?.tls ?? {} } }
}

function inputOf({ name, serviceUrl, token, dropsToken, rules }: Draft): PulsarBridgeInput {
  return { name: name.trim(), serviceUrl: serviceUrl.trim(), ...rules, ...(token !== '' || dropsToken) && { authentication: { token: dropsToken ? null : token } } }
}

export function BridgeForm({ bridge, onMade }: { bridge: PulsarBridge | undefined, onMade(): void }) {
  const { can } = useTenant()
  const fields = useApiSchema('PulsarBridgeInput')
  const [draft, setDraft] = useState(() => draftOf(bridge))
  // What one began with: where somebody else was faster, that is told instead of overwritten.
  const base = useRef(bridge)
  const save = useAction<void, PulsarBridge>({
    run: ({ hub }) => (base.current === undefined
      ? hub.post('/api/v1/pulsar-bridges', { body: inputOf(draft) })
      : hub.patch('/api/v1/pulsar-bridges/{id}', { path: { id: base.current.id }, body: inputOf(draft), ifMatch: base.current.etag })),
    changes: ['/api/v1/pulsar-bridges'],
    done(saved) {
      notifyDone(texts.savedDone)
      if (bridge === undefined) onMade()
      base.current = saved
      setDraft(draftOf(saved))
    },
  })
  const takeTheirs = (): void => {
    base.current = bridge
    setDraft(draftOf(bridge))
    save.reset()
  }
  const change = (part: Partial<Draft>): void => { setDraft((before) => ({ ...before, ...part })) }
  const disabled = !can('events:write')
  return (
    <Stack gap="sm">
      <TextInput label={texts.name} value={draft.name} disabled={disabled} error={errorAt(save.error, '/name')} onChange={(event) => { change({ name: event.currentTarget.value }) }} />
      <TextInput label={texts.serviceUrl} description={texts.serviceUrlHelp} type="url" placeholder="wss://pulsar.example.com:8443" value={draft.serviceUrl} disabled={disabled} error={errorAt(save.error, '/serviceUrl')} onChange={(event) => { change({ serviceUrl: event.currentTarget.value }) }} />
      {!disabled && <PasswordInput label={texts.token} description={bridge?.hasToken ? texts.tokenKept : texts.tokenHelp} autoComplete="off" value={draft.token} disabled={draft.dropsToken} error={errorAt(save.error, '/authentication/token')} onChange={(event) => { change({ token: event.currentTarget.value }) }} />}
      {!disabled && bridge?.hasToken && <Checkbox label={texts.dropToken} checked={draft.dropsToken} onChange={(event) => { change({ dropsToken: event.currentTarget.checked, token: '' }) }} />}
      <Loaded query={fields}>{(known) => <SchemaForm idPrefix="bridge" schema={readable({ type: 'object', properties: Object.fromEntries(ruled.map((name) => [name, known[name]])) })} ui={looks} value={draft.rules} disabled={disabled} errors={save.error instanceof ApiError ? save.error.errors : []} onChange={(rules) => { change({ rules: rules as Schema }) }} />}</Loaded>
      {save.isError && <Problem error={save.error} title={texts.failed} {...isProblem(save.error, 'precondition_failed') && { action: <Button size="xs" variant="default" onClick={takeTheirs}>{texts.takeTheirs}</Button> }} />}
      {!disabled && <Group justify="flex-end"><Button loading={save.isPending} disabled={draft.name.trim() === '' || draft.serviceUrl.trim() === ''} onClick={() => { save.mutate() }}>{bridge === undefined ? texts.makeBridge : texts.save}</Button></Group>}
    </Stack>
  )
}
