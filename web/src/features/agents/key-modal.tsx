import { Button, Checkbox, Group, Modal, NumberInput, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { errorAt, errorsBelow } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

const STANDARD_CALLS = 60

/** Makes a key with a policy, and shows it this once. */
export function KeyModal({ onMade, onClose }: { onMade(key: string): void, onClose(): void }) {
  const [name, setName] = useState('')
  const [operations, setOperations] = useState<string[]>([])
  const [flows, setFlows] = useState<string[]>([])
  const [calls, setCalls] = useState<number | ''>(STANDARD_CALLS)
  const [limit, setLimit] = useState<number | ''>('')
  const [dryRun, setDryRun] = useState(false)
  const make = useAction<void, { key: string }>({
    run: ({ hub }) => hub.post('/api/v1/keys', { body: { name: name.trim(), agent: { operations, flows, callsPerMinute: calls === '' ? STANDARD_CALLS : calls, quota: limit === '' ? null : { limit, period: 'day' }, dryRun } } }), changes: ['/api/v1/keys'],
    done: ({ key }) => { onMade(key) },
  })
  const offered = useOffered()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  if (make.data !== undefined) return <Made made={make.data.key} onClose={onClose} />
  return (
    <Modal opened onClose={onClose} title={texts.keyTitle}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput label={texts.name} placeholder={texts.namePlaceholder} data-autofocus required withAsterisk={false} value={name} error={errorAt(make.error, '/name')} onChange={(event) => { setName(event.currentTarget.value) }} />
          <TagsInput label={texts.operations} description={texts.operationsHelp} data={offered.operations} value={operations} onChange={setOperations} error={errorsBelow(make.error, '/agent/operations')[0]?.detail} />
          <TagsInput label={texts.flows} description={texts.flowsHelp} data={offered.flows} value={flows} onChange={setFlows} error={errorsBelow(make.error, '/agent/flows')[0]?.detail} />
          <Group grow align="flex-start">
            <NumberInput label={texts.callsPerMinute} min={1} max={100_000} value={calls} onChange={(next) => { setCalls(numberOr(next)) }} error={errorAt(make.error, '/agent/callsPerMinute')} />
            <NumberInput label={texts.quota} description={texts.quotaHelp} inputWrapperOrder={['label', 'input', 'description', 'error']} min={0} value={limit} onChange={(next) => { setLimit(numberOr(next)) }} error={errorAt(make.error, '/agent/quota/limit')} />
          </Group>
          <Checkbox label={texts.dryRun} description={texts.dryRunHelp} checked={dryRun} onChange={(event) => { setDryRun(event.currentTarget.checked) }} />
          {operations.length === 0 && flows.length === 0 && <Text size="sm" c="dimmed">{texts.nothingAllowed}</Text>}
          {make.isError && <Problem error={make.error} title={texts.makeFailed} />}
          <Group justify="flex-end"><Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>{texts.make}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}

const numberOr = (value: number | string): number | '' => (typeof value === 'number' ? value : '')

function Made({ made, onClose }: { made: string, onClose(): void }) {
  return (
    <Modal opened onClose={onClose} title={texts.keyMade}>
      <Stack gap="sm"><Text size="sm">{texts.keyMadeText}</Text><pre className="app-pre app-code">{made}</pre><CopyButton wide value={made} /></Stack>
    </Modal>
  )
}

/** Whole integrations and single flows; parts of them are typed. */
function useOffered(): { operations: string[], flows: string[] } {
  const { can } = useTenant()
  const integrations = useRows('/api/v1/integrations', { query: { limit: 500 } }, { enabled: can('integrations:read') })
  const flows = useRows('/api/v1/flows', { query: { limit: 500 } }, { enabled: can('flows:read') })
  return { operations: (integrations.rows ?? []).map(({ name }) => `${name}/*`), flows: (flows.rows ?? []).map(({ flowId }) => flowId) }
}
