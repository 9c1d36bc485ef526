import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { CircleAlert, PlugZap } from 'lucide-react'
import { Facts } from '../../../components/facts.tsx'
import { hasFields, withoutBlanks } from '../../../components/form/secrets.ts'
import { Problem } from '../../../components/problem.tsx'
import { Section } from '../../../components/section.tsx'
import type { Connector } from '../../../hub/client.ts'
import { formatMs } from '../../../lib/format.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import type { Draft, Outcome } from './setup.tsx'
import { texts } from './texts.ts'

interface TestStepProps { connector: Connector, draft: Draft, error: Error | null, outcome: Outcome | undefined, isPending: boolean, onBack(): void, onConnect(): void }

export function TestStep({ connector, draft, error, outcome, isPending, onBack, onConnect }: TestStepProps) {
  const path = usePath()
  const base = (draft.configuration as { baseUrl?: string } | undefined)?.baseUrl
  const isBad = outcome !== undefined && !outcome.success && !isPending
  return (
    <Stack gap="md">
      <Section title={texts.testTitle} text={texts.testText}>
        <Facts facts={[[texts.name, <span key="n" dir="auto" className="app-anywhere">{draft.name}</span>], [texts.connector, connector.name], [texts.endpoint, base || draft.endpoint || connector.endpoints[0]], [texts.credential, credentialOf(connector, draft)]]} />
        {error !== null && <Problem error={error} title={texts.refused} />}
        {isBad && <Failed outcome={outcome} />}
      </Section>
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>{texts.back}</Button>
        <Group gap="xs">
          {isBad && <Button variant="default" component={RouteLink} to={path(`integrations/${outcome.integration.id}`)}>{texts.leave}</Button>}
          <Button leftSection={<PlugZap size={15} />} loading={isPending} onClick={onConnect} autoFocus>{texts.connect}</Button>
        </Group>
      </Group>
    </Stack>
  )
}

function credentialOf({ schemas: { credentials } }: Connector, { credentialId, credentials: typed }: Draft): string | undefined {
  if (!hasFields(credentials)) return undefined
  if (credentialId !== null) return texts.credentialStored
  if (Object.keys(withoutBlanks(typed)).length > 0) return texts.credentialTyped
  return texts.credentialNone
}

/** What was tried, how long it took, what came back, and what to do. */
function Failed({ outcome: { detail, code, statusCode, latencyMs } }: { outcome: Outcome }) {
  const remedy = code === null ? undefined : texts.remedies[code]
  return (
    <Alert color="red" variant="outline" icon={<CircleAlert size={18} />} title={texts.failed} className="app-problem" role="alert">
      <Stack gap={6}>
        <Text size="sm" className="app-anywhere">{detail}</Text>
        {remedy !== undefined && <Text size="sm" fw={550}>{remedy}</Text>}
        <Text size="xs" c="dimmed">{code !== null && <Code>{code}</Code>} {[statusCode, formatMs(latencyMs)].filter((each) => each !== null).join(' · ')} · {texts.storedSo}</Text>
      </Stack>
    </Alert>
  )
}
