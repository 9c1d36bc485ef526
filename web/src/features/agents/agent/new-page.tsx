import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { notifyDone } from '../../../components/notify.tsx'
import { Page } from '../../../components/page.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import type { Agent } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'
import { AgentForm, emptyDraft, settingsOf } from './agent-form.tsx'

export function NewAgentPage() {
  const path = usePath()
  const go = useGo()
  const { can } = useTenant()
  const [draft, setDraft] = useState(emptyDraft)
  const settings = settingsOf(draft)
  const make = useAction<void, Agent>({
    run: ({ hub }) => hub.post('/api/v1/agents', { body: { name: draft.name.trim(), ...settings! } }), changes: ['/api/v1/agents'],
    done(agent) {
      notifyDone(texts.agentMade)
      go(path(`agents/${agent.id}`))
    },
  })
  const crumbs = [{ label: texts.agents, to: path('agents', { part: 'definitions' }) }]
  if (!can('agents:write')) return <Page title={texts.newAgent} crumbs={crumbs}><Text size="sm" c="dimmed">{texts.mayNotMake}</Text></Page>
  return (
    <Page title={texts.newAgent} subtitle={texts.newAgentText} crumbs={crumbs}>
      <AgentForm draft={draft} change={(part) => { setDraft((now) => ({ ...now, ...part })) }} error={make.error} isNew isReadOnly={false} />
      {make.isError && <Problem error={make.error} title={texts.agentNotMade} />}
      {settings === undefined && <Text size="sm" style={{ color: 'var(--app-bad)' }}>{texts.schemaNoJson}</Text>}
      <Group justify="flex-end"><Button size="sm" disabled={settings === undefined || draft.name.trim() === '' || draft.model.integration === ''} loading={make.isPending} onClick={() => { make.mutate() }}>{texts.makeAgent}</Button></Group>
    </Page>
  )
}
