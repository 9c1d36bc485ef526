import { Button, Group, Stack, Text } from '@mantine/core'
import { ArrowUpRight } from 'lucide-react'
import { ValueView } from '../../../components/code/value-view.tsx'
import { Problem } from '../../../components/problem.tsx'
import { Section } from '../../../components/section.tsx'
import { Status } from '../../../components/status.tsx'
import { ApiError, type Execution } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { formatMs } from '../../../lib/format.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'
import type { Sent } from './operation-form.tsx'

/** What came back, and what went over the wire for it. */
export function Answer({ sent, integrationId }: { sent: Sent | undefined, integrationId: string }) {
  if (sent === undefined) return <Section title={texts.answer}><Text size="sm" c="dimmed">{texts.notAnswered}</Text></Section>
  const { execution, error } = sent
  return (
    <Section title={texts.answer} text={execution && <Outcome execution={execution} />} actions={execution && <Open id={execution.id} />}>
      <div aria-live="polite">
        {error !== undefined && <Problem error={error} title={texts.requestFailed} action={isOfCredential(sent) && <GiveCredential integrationId={integrationId} />} />}
        {error === undefined && <ValueView value={sent.data} label={texts.answer} />}
      </div>
      {error !== undefined && execution?.response?.data !== undefined && <ValueView value={execution.response.data} label={texts.answer} />}
      {execution !== undefined && <AsSent execution={execution} />}
    </Section>
  )
}

/** The service refused who asks, or the hub has nothing to say who asks. */
function isOfCredential({ error, execution }: Sent): boolean {
  return error instanceof ApiError && error.code.startsWith('credential_') || [401, 403].includes(execution?.response?.statusCode ?? 0)
}

function GiveCredential({ integrationId }: { integrationId: string }) {
  const path = usePath()
  const { can } = useTenant()
  if (!can('integrations:write')) return null
  return <Button variant="default" component={RouteLink} to={path(`integrations/${integrationId}`, { part: 'configuration' })}>{texts.giveCredential}</Button>
}

function Outcome({ execution: { status, response, metrics } }: { execution: Execution }) {
  const code = response?.statusCode
  return <Status tone={status === 'succeeded' ? 'good' : 'bad'}>{texts.answered(code === null || code === undefined ? status : String(code), formatMs(metrics.latency))}</Status>
}

function Open({ id }: { id: string }) {
  const path = usePath()
  const { can } = useTenant()
  if (!can('executions:read')) return null
  return <Button variant="default" rightSection={<ArrowUpRight size={14} />} component={RouteLink} to={path(`executions/${id}`)}>{texts.openExecution}</Button>
}

/** From the record, where secrets are hidden. */
function AsSent({ execution: { id } }: { execution: Execution }) {
  const { data } = useGet('/api/v1/executions/{id}', { path: { id } }, { staleTime: Infinity })
  if (data === undefined || data.request.endpoint === null) return null
  const { request, response } = data
  const lines = (headers: Record<string, string | string[]>): string => Object.entries(headers).map(([name, value]) => `${name}: ${[value].flat().join(', ')}`).join('\n')
  return (
    <details>
      <summary><Text span size="sm" c="dimmed">{texts.asSent}</Text></summary>
      <Stack gap="xs" mt="xs">
        <Group gap={8}><Text className="app-mono app-anywhere"><strong>{request.method}</strong> {request.endpoint}</Text></Group>
        <pre className="app-pre">{lines(request.headers)}{response && `\n\n${response.statusCode ?? ''}\n${lines(response.headers)}`}</pre>
      </Stack>
    </details>
  )
}
