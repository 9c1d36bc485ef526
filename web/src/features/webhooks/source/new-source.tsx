import { Anchor, Button, Card, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { CopyButton } from '../../../components/copy-button.tsx'
import { errorAt } from '../../../components/form/problem-errors.ts'
import { withoutBlanks } from '../../../components/form/secrets.ts'
import { Loaded } from '../../../components/loading.tsx'
import { Problem } from '../../../components/problem.tsx'
import { Section } from '../../../components/section.tsx'
import { useAction } from '../../../hub/action.ts'
import type { WebhookSource, WebhookSourceInput } from '../../../hub/client.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { useApiSchema, type Schema } from '../../../hub/api-schema.ts'
import { SecretOnce } from '../secret.tsx'
import { texts } from '../texts.ts'
import { schemesOf, type SchemeChoice } from './verification.ts'
import { VerificationForm } from './verification-form.tsx'

/** Who sends → how it signs → the URL to give to it. */
export function NewSource() {
  const query = useApiSchema('WebhookSourceInput')
  const [{ scheme }] = useUrl<'scheme'>()
  return (
    <Loaded query={query}>
      {(fields) => {
        const choices = schemesOf(fields['verification']!)
        const chosen = choices.find(({ name }) => name === scheme)
        return chosen === undefined ? <Choose choices={choices} /> : <Setup key={chosen.name} choice={chosen} />
      }}
    </Loaded>
  )
}

function Choose({ choices }: { choices: SchemeChoice[] }) {
  const path = usePath()
  return (
    <Section title={texts.whoSends} text={texts.whoSendsText}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        {choices.map(({ name, description }) => (
          <Card key={name} component={RouteLink} to={path('webhooks/new', { kind: 'source', scheme: name })} padding="sm" className="app-card-link" td="none" c="inherit">
            <Text fw={600} size="sm">{texts.senders[name] ?? name}</Text><Text size="xs" c="dimmed">{description.replaceAll('`', '')}</Text>
          </Card>
        ))}
      </SimpleGrid>
    </Section>
  )
}

interface Made { source: WebhookSource, secret: string | undefined }

function Setup({ choice }: { choice: SchemeChoice }) {
  const path = usePath()
  const [name, setName] = useState(texts.senders[choice.name] ?? choice.name)
  const [verification, setVerification] = useState<Schema>({})
  const create = useAction<void, Made>({
    async run({ hub }) {
      const given = withoutBlanks(verification)
      const source = await hub.post('/api/v1/webhook-sources', { body: { name: name.trim(), verification: { ...given, scheme: choice.name } as WebhookSourceInput['verification'] } })
      return { source, secret: typeof given['secret'] === 'string' ? given['secret'] : undefined }
    },
    changes: ['/api/v1/webhook-sources', '/api/v1/figures/webhook-sources'],
  })
  if (create.data !== undefined) return <Ready made={create.data} scheme={choice.name} />
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Section title={texts.senders[choice.name] ?? choice.name} text={choice.description.replaceAll('`', '')} actions={<Anchor component={RouteLink} to={path('webhooks/new', { kind: 'source' })} size="sm">{texts.otherSender}</Anchor>}>
        <TextInput label={texts.name} value={name} error={errorAt(create.error, '/name')} onChange={(event) => { setName(event.currentTarget.value) }} />
        <VerificationForm choice={choice} value={verification} onChange={setVerification} error={create.error} />
        {create.isError && <Problem error={create.error} title={texts.failed} />}
        <Group justify="flex-end"><Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>{texts.createSource}</Button></Group>
      </Section>
    </form>
  )
}

function Ready({ made: { source: { id, name, url }, secret }, scheme }: { made: Made, scheme: string }) {
  const path = usePath()
  return (
    <Section title={texts.made(name)} text={texts.hints[scheme] ?? texts.hintOfAny}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm" fw={500}>{texts.urlToGive}</Text>
        <pre className="app-pre app-code" style={{ width: '100%' }} tabIndex={0} aria-label={texts.urlToGive}>{url}</pre>
        <CopyButton wide label={texts.copyUrl} value={url} />
      </Stack>
      {secret !== undefined && <SecretOnce secret={secret} text={texts.sourceSecretText} />}
      <Group><Button component={RouteLink} to={path(`webhooks/sources/${id}`, { part: 'events' })}>{texts.openSource}</Button></Group>
    </Section>
  )
}
