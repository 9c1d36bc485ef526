import { Button, Group, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../../components/problem.tsx'
import { Section } from '../../../components/section.tsx'
import { useAction } from '../../../hub/action.ts'
import type { Webhook } from '../../../hub/client.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { SecretOnce } from '../secret.tsx'
import { texts } from '../texts.ts'
import { emptyDraft, inputOf } from './draft.ts'
import { EndpointForm } from './endpoint-form.tsx'

export function NewEndpoint() {
  const path = usePath()
  const [draft, setDraft] = useState(emptyDraft)
  const create = useAction<void, Webhook>({ run: ({ hub }) => hub.post('/api/v1/webhooks', { body: inputOf(draft) }), changes: ['/api/v1/webhooks', '/api/v1/overview'] })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  if (create.data !== undefined) {
    const { id, name, security: { secret, publicKey } } = create.data
    return (
      <Section title={texts.made(name)}>
        <SecretOnce secret={secret} text={publicKey === undefined ? texts.secretText : texts.publicKeyText(publicKey)} />
        <Group><Button component={RouteLink} to={path(`webhooks/endpoints/${id}`)}>{texts.openEndpoint}</Button></Group>
      </Section>
    )
  }
  const isIncomplete = draft.name.trim() === '' || draft.url.trim() === '' || draft.subscribedEvents.length === 0
  return (
    <form onSubmit={submit} noValidate>
      <Section title={texts.newEndpoint}>
        <EndpointForm draft={draft} change={(part) => { setDraft((before) => ({ ...before, ...part })) }} error={create.error} />
        {create.isError && <Problem error={create.error} title={texts.failed} />}
        <Group justify="flex-end" gap="sm">{isIncomplete && <Text size="sm" c="dimmed">{texts.endpointNeeds}</Text>}<Button type="submit" loading={create.isPending} disabled={isIncomplete}>{texts.createEndpoint}</Button></Group>
      </Section>
    </form>
  )
}
