import { Checkbox, Group, NumberInput, Select, Text } from '@mantine/core'
import { errorAt, errorsBelow } from '../../components/form/problem-errors.ts'
import { Tags } from '../../components/form/tags.tsx'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { allowsNothing, nothingAllowed, type Policy } from './policy.ts'
import { texts } from './texts.ts'

export interface PolicyFieldsProps {
  value: Policy
  onChange(policy: Policy): void
  error: Error | null
  /** Where the policy stands in what is sent: errors name their places by it. */
  below: '' | '/agent'
}

export function PolicyFields({ value, onChange, error, below }: PolicyFieldsProps) {
  const { operations, flows, callsPerMinute, quota, dryRun } = value
  const offered = useOffered()
  const change = (some: Partial<Policy>): void => { onChange({ ...value, ...some }) }
  return (
    <>
      <Tags label={texts.operations} description={texts.operationsHelp} data={offered.operations} value={operations} onChange={(next) => { change({ operations: next }) }} error={errorsBelow(error, `${below}/operations`)[0]?.detail} />
      <Tags label={texts.flows} description={texts.flowsHelp} data={offered.flows} value={flows} onChange={(next) => { change({ flows: next }) }} error={errorsBelow(error, `${below}/flows`)[0]?.detail} />
      <NumberInput label={texts.callsPerMinute} min={1} max={100_000} value={callsPerMinute} onChange={(next) => { change({ callsPerMinute: typeof next === 'number' ? next : nothingAllowed.callsPerMinute }) }} error={errorAt(error, `${below}/callsPerMinute`)} />
      <Group grow align="flex-start">
        <NumberInput label={texts.quota} description={texts.quotaHelp} min={0} value={quota?.limit ?? ''} onChange={(next) => { change({ quota: typeof next === 'number' ? { limit: next, period: quota?.period ?? 'day' } : null }) }} error={errorAt(error, `${below}/quota/limit`)} />
        <Select label={texts.period} data={Object.entries(texts.periods).map(([period, label]) => ({ value: period, label }))} allowDeselect={false} disabled={quota === null} value={quota?.period ?? 'day'} onChange={(period) => { if (quota !== null) change({ quota: { ...quota, period: period as NonNullable<Policy['quota']>['period'] } }) }} />
      </Group>
      <Checkbox label={texts.dryRun} description={texts.dryRunHelp} checked={dryRun} onChange={(event) => { change({ dryRun: event.currentTarget.checked }) }} />
      {allowsNothing(value) && <Text size="sm" c="dimmed">{texts.nothingAllowed}</Text>}
    </>
  )
}

/** Whole integrations and single flows; parts of them are typed. */
function useOffered(): { operations: string[], flows: string[] } {
  const { can } = useTenant()
  const integrations = useRows('/api/v1/integrations', { query: { limit: 500 } }, { enabled: can('integrations:read') })
  const flows = useRows('/api/v1/flows', { query: { limit: 500 } }, { enabled: can('flows:read') })
  return { operations: (integrations.rows ?? []).map(({ name }) => `${name}/*`), flows: (flows.rows ?? []).map(({ flowId }) => flowId) }
}
