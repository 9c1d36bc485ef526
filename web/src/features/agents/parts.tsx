/** What other features offer of agents: one that is made of an integrated API. */
import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { Bot } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { Agent, Integration } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { RouteLink, useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { texts } from './texts.ts'

export function AgentOfIntegration({ integration }: { integration: Pick<Integration, 'id' | 'name'> }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant="default" leftSection={<Bot size={14} />} onClick={() => { setOpen(true) }}>{texts.agentOfThis}</Button>
      {isOpen && <MakeModal integration={integration} onClose={() => { setOpen(false) }} />}
    </>
  )
}

function MakeModal({ integration: { id, name: api }, onClose }: { integration: Pick<Integration, 'id' | 'name'>, onClose(): void }) {
  const path = usePath()
  const go = useGo()
  const { rows } = useRows('/api/v1/integrations', { query: { connector: 'ai-service', limit: 500 } })
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const model = chosen ?? rows?.[0]?.id ?? null
  const make = useAction<void, Agent>({
    run: ({ hub }) => hub.post('/api/v1/agents/from-integration', { body: { integrationId: id, ...name.trim() !== '' && { name: name.trim() }, ...model !== null && { model: { integration: model } } } }), changes: ['/api/v1/agents'],
    done: (agent) => { go(path(`agents/${agent.id}`, { part: 'settings' })) },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={texts.agentOfThis}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">{texts.agentOfText(api)}</Text>
          <TextInput label={texts.name} description={texts.nameMade} data-autofocus value={name} error={errorAt(make.error, '/name')} onChange={(event) => { setName(event.currentTarget.value) }} />
          {rows?.length === 0
            ? <Text size="sm">{texts.noModels} <RouteLink to={path('integrations/new', { connector: 'ai-service' })} style={{ color: 'var(--mantine-color-anchor)' }}>{texts.addModel}</RouteLink></Text>
            : <Select label={texts.modelIntegration} data={(rows ?? []).map((each) => ({ value: each.id, label: each.name }))} value={model} onChange={setChosen} error={errorAt(make.error, '/model')} />}
          {make.isError && <Problem error={make.error} title={texts.agentNotMade} />}
          <Group justify="flex-end"><Button type="submit" loading={make.isPending} disabled={model === null}>{texts.makeAgent}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
