import { Accordion, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { errorAt } from '../../../components/form/problem-errors.ts'
import { readable } from '../../../components/form/readable.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { notifyDone } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import { ApiError, isProblem, type WebhookSource, type WebhookSourceInput } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { useApiSchema, type Schema } from '../../../hub/api-schema.ts'
import { texts } from '../texts.ts'
import { schemesOf } from './verification.ts'
import { VerificationForm } from './verification-form.tsx'

const further = ['dedupe', 'eventType', 'eventSource', 'subject', 'schemaCheck', 'response', 'handshake', 'methods', 'inspect'] as const

const looks = { handshake: { type: { 'ui:widget': 'hidden' } } }

interface Draft { name: string, description: string, verification: Schema, further: Schema }

function draftOf(source: WebhookSource): Draft {
  const { scheme: _scheme, ...verification } = source.verification
  return { name: source.name, description: source.description, verification, further: Object.fromEntries(further.map((name) => [name, source[name]])) }
}

export function SettingsPart({ source }: { source: WebhookSource }) {
  const { can } = useTenant()
  const query = useApiSchema('WebhookSourceInput')
  const [draft, setDraft] = useState(() => draftOf(source))
  // What one began with: where somebody else was faster, that is told instead of overwritten.
  const base = useRef(source)
  const { verification: { scheme }, status } = source
  const save = useAction<void, WebhookSource>({
    run: ({ hub }) => hub.put('/api/v1/webhook-sources/{id}', {
      path: { id: source.id }, ifMatch: base.current.etag,
      body: { name: draft.name.trim(), description: draft.description, status, ...draft.further, verification: { ...draft.verification, scheme } as WebhookSourceInput['verification'] },
    }),
    changes: ['/api/v1/webhook-sources'],
    done(saved) {
      base.current = saved
      setDraft(draftOf(saved))
      notifyDone(texts.saved)
    },
  })
  const takeTheirs = (): void => {
    base.current = source
    setDraft(draftOf(source))
    save.reset()
  }
  const disabled = !can('webhooks:write')
  const change = (part: Partial<Draft>): void => { setDraft((before) => ({ ...before, ...part })) }
  return (
    <Stack gap="sm" className="app-form-width">
      <TextInput label={texts.name} value={draft.name} disabled={disabled} error={errorAt(save.error, '/name')} onChange={(event) => { change({ name: event.currentTarget.value }) }} />
      <Textarea label={texts.description} value={draft.description} disabled={disabled} error={errorAt(save.error, '/description')} onChange={(event) => { change({ description: event.currentTarget.value }) }} />
      <Loaded query={query}>
        {(fields) => (
          <Accordion multiple variant="separated" chevronPosition="left" defaultValue={['verification']}>
            <Accordion.Item value="verification">
              <Accordion.Control>{texts.verification}<Text size="xs" c="dimmed">{texts.senders[scheme] ?? scheme}</Text></Accordion.Control>
              <Accordion.Panel><VerificationForm choice={schemesOf(fields['verification']!).find(({ name }) => name === scheme)!} value={draft.verification} onChange={(verification) => { change({ verification }) }} error={save.error} disabled={disabled} /></Accordion.Panel>
            </Accordion.Item>
            <Accordion.Item value="further">
              <Accordion.Control>{texts.further}<Text size="xs" c="dimmed">{texts.furtherText}</Text></Accordion.Control>
              <Accordion.Panel><SchemaForm idPrefix="further" schema={readable({ type: 'object', properties: Object.fromEntries(further.map((name) => [name, fields[name]])) })} ui={looks} value={draft.further} disabled={disabled} errors={save.error instanceof ApiError ? save.error.errors : []} onChange={(next) => { change({ further: next as Schema }) }} /></Accordion.Panel>
            </Accordion.Item>
          </Accordion>
        )}
      </Loaded>
      {save.isError && <Problem error={save.error} title={texts.failed} {...isProblem(save.error, 'precondition_failed') && { action: <Button size="xs" variant="default" onClick={takeTheirs}>{texts.takeTheirs}</Button> }} />}
      {!disabled && <Group justify="flex-end"><Button loading={save.isPending} onClick={() => { save.mutate() }}>{texts.save}</Button></Group>}
    </Stack>
  )
}
