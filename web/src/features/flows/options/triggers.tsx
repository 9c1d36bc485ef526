/** What begins a flow beside the standard's schedule: webhooks, and what is new behind an integration. */
import { Button, Group, Select, Stack } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { isMembers, memberOf } from '../graph/tasks.ts'
import { usePanel } from '../panel/context.ts'
import { FieldView } from '../panel/field-view.tsx'
import { field } from '../panel/field.ts'
import { OperationInput } from '../panel/operation-input.tsx'
import { texts } from '../texts.ts'
import { Piece } from './part.tsx'
import { SETTINGS, settingsIn } from './settings.ts'

const { fields: labels, fieldHelp: help } = texts
const PATH = `${SETTINGS}/triggers`

export function Triggers() {
  const { task: { definition }, set } = usePanel()
  const { triggers } = settingsIn(definition)
  if (triggers !== undefined && !Array.isArray(triggers)) return <FieldView field={field(PATH, texts.triggersLabel, 'value', { moment: 'none' })} />
  const all = triggers as unknown[] | undefined ?? []
  const add = (trigger: object): void => { set(PATH, [...all, trigger]) }
  return (
    <Stack gap="xs" role="group" aria-label={texts.triggersLabel}>
      {all.map((trigger, at) => {
        const remove = (): void => { set(PATH, all.length === 1 ? undefined : all.filter((_each, index) => index !== at)) }
        const path = `${PATH}/${at}`
        return memberOf(trigger, 'poll') === undefined ? <Webhook key={at} path={`${path}/webhook`} value={memberOf(trigger, 'webhook')} onRemove={remove} /> : <Poll key={at} path={`${path}/poll`} value={memberOf(trigger, 'poll')} onRemove={remove} />
      })}
      <Group gap="xs">
        <Button variant="subtle" size="compact-sm" leftSection={<Plus size={13} />} onClick={() => { add({ webhook: { source: '' } }) }}>{texts.addWebhook}</Button>
        <Button variant="subtle" size="compact-sm" leftSection={<Plus size={13} />} onClick={() => { add({ poll: { integration: '', interval: { minutes: 5 } } }) }}>{texts.addPoll}</Button>
      </Group>
    </Stack>
  )
}

interface TriggerProps { path: string, value: unknown, onRemove(): void }

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
/** What is named, though it may not be there, stays to be seen. */
const choicesWith = (names: string[], value: string): string[] => [...new Set([...names, ...value === '' ? [] : [value]])]

function Webhook({ path, value, onRemove }: TriggerProps) {
  const { set } = usePanel()
  const { can } = useTenant()
  const [words, setWords] = useState('')
  const { rows } = useRows('/api/v1/webhook-sources', { query: { limit: 100, ...words !== '' && { q: words } } }, { enabled: can('webhooks:read') })
  const source = text(memberOf(value, 'source'))
  const known = rows?.find(({ id, name }) => name === source || id === source)
  return (
    <Piece label={`${texts.webhook}: ${known?.name ?? source}`} onRemove={onRemove}>
      {can('webhooks:read')
        ? <Select label={labels.webhookSource} withAsterisk allowDeselect={false} searchable placeholder={texts.chooseSource} nothingFoundMessage={texts.noSource} data={choicesWith((rows ?? []).map(({ name }) => name), known?.name ?? source)} value={known?.name ?? (source === '' ? null : source)} onSearchChange={(typed) => { setWords(typed === source ? '' : typed) }} onChange={(next) => { if (next !== null) set(`${path}/source`, next) }} />
        : <FieldView field={field(`${path}/source`, labels.webhookSource, 'text', { required: true })} />}
      <FieldView field={field(`${path}/respond`, labels.respond, 'switch', { help: help.respond })} />
      {memberOf(value, 'respond') === true && <FieldView field={field(`${path}/timeout`, labels.respondTimeout, 'duration', { help: help.respondTimeout })} />}
    </Piece>
  )
}

function Poll({ path, value, onRemove }: TriggerProps) {
  const { set } = usePanel()
  const { can } = useTenant()
  const [words, setWords] = useState('')
  const mayRead = can('integrations:read')
  const { rows } = useRows('/api/v1/integrations', { query: { limit: 100, ...words !== '' && { q: words } } }, { enabled: mayRead })
  const name = text(memberOf(value, 'integration'))
  const operation = text(memberOf(value, 'operation'))
  const known = rows?.find((each) => each.name === name || each.id === name)
  return (
    <Piece label={`${texts.poll}: ${known?.name ?? name}`} onRemove={onRemove}>
      {mayRead
        ? <Select label={texts.integration} withAsterisk allowDeselect={false} searchable placeholder={texts.chooseIntegration} nothingFoundMessage={texts.noIntegration} data={choicesWith((rows ?? []).map((each) => each.name), known?.name ?? name)} value={known?.name ?? (name === '' ? null : name)} onSearchChange={(typed) => { setWords(typed === name ? '' : typed) }} onChange={(next) => { if (next !== null) set(path, { ...isMembers(value) && value, integration: next, ...next !== name && { operation: undefined, input: undefined } }) }} />
        : <FieldView field={field(`${path}/integration`, texts.integration, 'text', { required: true })} />}
      {known !== undefined && can('connectors:read') ? <OperationField key={known.connector} path={path} connector={known.connector} value={operation} /> : <FieldView field={field(`${path}/operation`, labels.pollOperation, 'text', { help: help.pollOperation })} />}
      <FieldView field={field(`${path}/interval`, labels.interval, 'duration')} />
      {operation !== '' && (
        <>
          {name !== '' && <OperationInput call={`${name}/${operation}`} path={`${path}/input`} isFixed />}
          <FieldView field={field(`${path}/items`, labels.items, 'jq', { help: help.items, placeholder: '.[]', moment: 'none' })} />
          <FieldView field={field(`${path}/id`, labels.itemId, 'jq', { help: help.itemId, placeholder: '.id', moment: 'none' })} />
          <FieldView field={field(`${path}/from`, labels.firstPoll, { choices: ['now', 'beginning'] }, { help: help.firstPoll, placeholder: 'now' })} />
        </>
      )}
    </Piece>
  )
}

function OperationField({ path, connector, value }: { path: string, connector: string, value: string }) {
  const { set } = usePanel()
  const [words, setWords] = useState('')
  const { rows } = useRows('/api/v1/connectors/{id}/operations', { path: { id: connector }, query: { limit: 100, ...words !== '' && { q: words } } })
  const data = [...(rows ?? []).map(({ id, summary }) => ({ value: id, label: summary === '' ? id : `${id} · ${summary}` })), ...value === '' || rows?.some(({ id }) => id === value) === true ? [] : [{ value, label: value }]]
  // What was chosen is shown by its label, which is nothing to look for.
  const search = (typed: string): void => { setWords(data.some(({ label }) => label === typed) ? '' : typed) }
  return <Select label={labels.pollOperation} description={help.pollOperation} placeholder={texts.ownPoll} clearable searchable filter={({ options }) => options} nothingFoundMessage={texts.nothingLikeIt} data={data} value={value === '' ? null : value} onSearchChange={search} onChange={(next) => { set(`${path}/operation`, next ?? undefined) }} />
}
