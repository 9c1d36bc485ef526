import { Anchor, Button, Card, Group, SimpleGrid, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { CircleCheck, CircleDashed, FileUp, Send, Store, Terminal, Webhook, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Logo } from '../../components/logo.tsx'
import type { Card as Service } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useFirstOperation } from '../integrations/parts.tsx'
import type { GuideState } from './guide-state.ts'
import { texts } from './texts.ts'

/** From nothing to a call that went through. */
export function Guide({ guide: { hasConnected, hasCalled, putAway } }: { guide: GuideState }) {
  return (
    <Card component="section" aria-label={texts.guide} className="app-guide">
      <Group justify="space-between" align="flex-start" mb="sm">
        <div><Title order={2}>{hasCalled ? texts.guideDone : texts.guide}</Title><Text size="sm" c="dimmed">{hasCalled ? texts.guideDoneText : texts.guideText}</Text></div>
        <Button variant="default" onClick={putAway}>{texts.putAway}</Button>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <Step title={texts.stepConnect} isDone={hasConnected}>{hasConnected ? <Text size="sm" c="dimmed">{texts.stepConnected}</Text> : <Services />}</Step>
        <Step title={texts.stepCall} isDone={hasCalled}>{hasCalled ? <LastCall /> : hasConnected ? <TryIt /> : <Text size="sm" c="dimmed">{texts.stepCallText}</Text>}</Step>
      </SimpleGrid>
      {hasCalled && <Next />}
    </Card>
  )
}

/** What a hub is for besides calls. */
function Next() {
  const path = usePath()
  const { can } = useTenant()
  return (
    <Group gap="xs" mt="md">
      <Text size="sm" c="dimmed">{texts.next}</Text>
      {can('webhooks:write') && <Button variant="default" leftSection={<Webhook size={14} />} component={RouteLink} to={path('webhooks/new', { kind: 'source' })}>{texts.nextReceive}</Button>}
      {can('webhooks:write') && <Button variant="default" leftSection={<Send size={14} />} component={RouteLink} to={path('webhooks/new')}>{texts.nextSend}</Button>}
      {can('flows:write') && <Button variant="default" leftSection={<Workflow size={14} />} component={RouteLink} to={path('flows/new')}>{texts.nextFlow}</Button>}
    </Group>
  )
}

function Step({ title, isDone, children }: { title: string, isDone: boolean, children: ReactNode }) {
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      {isDone ? <CircleCheck size={20} style={{ color: 'var(--app-good)', flex: 'none' }} aria-hidden /> : <CircleDashed size={20} style={{ color: 'var(--app-idle)', flex: 'none' }} aria-hidden />}
      <Stack gap="xs" className="app-shrink" style={{ flex: 1 }}><Title order={3}>{title}{isDone && <VisuallyHidden> ({texts.done})</VisuallyHidden>}</Title>{children}</Stack>
    </Group>
  )
}

/** Of the catalogue, and asking for no key. */
const withoutKey: Pick<Service, 'connector' | 'name'>[] = [{ connector: 'canada-holidays.ca', name: 'Canada Holidays' }, { connector: 'github.com:api.github.com', name: 'GitHub' }]

/** What somebody brought along comes first. */
function Services() {
  const path = usePath()
  const { rows = [] } = useRows('/api/v1/integrations/available', { query: { origin: 'imported', limit: 4 } })
  const offered = [...rows, ...withoutKey].slice(0, 4)
  return (
    <>
      <Text size="sm" c="dimmed">{texts.stepConnectText}</Text>
      <Group gap="xs">
        {offered.map(({ connector, name, ...more }) => <Button key={connector} variant="default" leftSection={'logo' in more && <Logo src={more.logo as string} size={16} />} component={RouteLink} to={path('integrations/new', { connector })}>{name}</Button>)}
        <Button variant="default" leftSection={<Store size={14} />} component={RouteLink} to={path('integrations/new')}>{texts.allServices}</Button>
        <Button variant="default" leftSection={<FileUp size={14} />} component={RouteLink} to={path('connectors/import')}>{texts.ownDocument}</Button>
      </Group>
    </>
  )
}

function TryIt() {
  const path = usePath()
  const { rows } = useRows('/api/v1/integrations', { query: { limit: 1 } })
  const [integration] = rows ?? []
  const operation = useFirstOperation(integration?.connector)
  if (integration === undefined) return null
  return (
    <>
      <Text size="sm" c="dimmed">{texts.stepCallText}</Text>
      <Group><Button leftSection={<Terminal size={14} />} component={RouteLink} to={path(`integrations/${integration.id}`, { part: 'explore', operation })}>{texts.callNow}</Button></Group>
    </>
  )
}

function LastCall() {
  const path = usePath()
  const { rows: [last] = [] } = useRows('/api/v1/executions', { query: { limit: 1, status: 'succeeded' } })
  return last === undefined ? null : <Text size="sm" c="dimmed"><Anchor component={RouteLink} to={path(`executions/${last.id}`)} size="sm">{last.operation}</Anchor> <Ago time={last.startedAt} /></Text>
}
