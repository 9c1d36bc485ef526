/** Which events begin a flow: one of a kind, any of several, or several together. */
import { Button, Group, Select, Stack } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { valueAt } from '../document/edits.ts'
import { isMembers, memberOf } from '../graph/tasks.ts'
import { usePanel } from '../panel/context.ts'
import { FieldView } from '../panel/field-view.tsx'
import { field } from '../panel/field.ts'
import { texts } from '../texts.ts'
import { Piece } from './part.tsx'

const { fields: labels, fieldHelp: help } = texts
const strategies = ['one', 'any', 'all'] as const
const started = { with: { type: 'order.paid' } }

export function EventsField({ path }: { path: string }) {
  const { task: { definition }, set } = usePanel()
  const given = valueAt(definition, path)
  const strategy = strategies.find((each) => memberOf(given, each) !== undefined)
  if (given !== undefined && strategy === undefined) return <FieldView field={field(path, texts.on, 'value', { help: help.to, moment: 'none' })} />
  const filters = strategy === undefined ? [] : [memberOf(given, strategy)].flat()
  const choose = (next: string | null): void => {
    // Filters that are there already are taken along.
    if (next === null) set(path, undefined)
    else set(path, { [next]: next === 'one' ? filters[0] ?? started : filters.length === 0 ? [started] : filters })
  }
  const list = `${path}/${strategy}`
  return (
    <Stack gap="xs" role="group" aria-label={texts.on}>
      <Select label={texts.on} description={help.on} placeholder={texts.noEvents} clearable data={strategies.map((value) => ({ value, label: texts.strategies[value] }))} value={strategy ?? null} onChange={choose} />
      {strategy === 'one' && <Filter path={list} />}
      {strategy !== undefined && strategy !== 'one' && (
        <>
          {filters.map((_filter, at) => <Filter key={at} path={`${list}/${at}`} isLinked={strategy === 'all' || memberOf(given, 'until') !== undefined} {...filters.length > 1 && { onRemove: () => { set(list, filters.filter((_each, index) => index !== at)) } }} />)}
          <Group><Button variant="subtle" size="compact-sm" leftSection={<Plus size={13} />} onClick={() => { set(list, [...filters, started]) }}>{texts.addEvent}</Button></Group>
        </>
      )}
      {strategy === 'any' && <FieldView field={field(`${path}/until`, labels.until, 'value', { help: help.until, moment: 'none' })} />}
    </Stack>
  )
}

const shown = new Set(['type', 'source', 'data'])

/** What an event must be like. */
function Filter({ path, isLinked = false, onRemove }: { path: string, isLinked?: boolean, onRemove?: () => void }) {
  const { task: { definition } } = usePanel()
  const { can } = useTenant()
  const { rows } = useRows('/api/v1/event-types', { query: { limit: 200 } }, { enabled: can('events:read') })
  const filter = valueAt(definition, path)
  const wanted = memberOf(filter, 'with')
  const isPlain = wanted === undefined || (isMembers(wanted) && Object.keys(wanted).every((name) => shown.has(name)))
  const type = memberOf(wanted, 'type')
  const name = typeof type === 'string' ? type : labels.event
  return (
    <Piece label={name} onRemove={onRemove}>
      {isPlain
        ? <>
            <FieldView field={field(`${path}/with/type`, labels.eventType, 'text', { help: help.eventType, suggestions: (rows ?? []).map((each) => each.type) })} />
            <FieldView field={field(`${path}/with/source`, labels.eventSource, 'text', { help: help.eventSource })} />
            <FieldView field={field(`${path}/with/data`, labels.eventData, 'line', { help: help.eventData, moment: 'none', placeholder: '${ .total > 100 }' })} />
          </>
        : <FieldView field={field(`${path}/with`, labels.event, 'map', { moment: 'none' })} />}
      {(isLinked || memberOf(filter, 'correlate') !== undefined) && <FieldView field={field(`${path}/correlate`, labels.correlate, 'value', { help: help.correlate, moment: 'none' })} />}
    </Piece>
  )
}
