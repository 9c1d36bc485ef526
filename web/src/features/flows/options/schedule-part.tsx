/** When a flow begins by itself. */
import { Select, Stack, Text } from '@mantine/core'
import { Suspense } from 'react'
import { lazily } from '../../../components/lazily.ts'
import { memberOf } from '../graph/tasks.ts'
import { usePanel } from '../panel/context.ts'
import { FieldView } from '../panel/field-view.tsx'
import { field } from '../panel/field.ts'
import { texts } from '../texts.ts'
import { EventsField } from './events-field.tsx'
import { SETTINGS, settingsIn } from './settings.ts'
import { Triggers } from './triggers.tsx'

const { fields: labels, fieldHelp: help } = texts
const CronExplained = lazily(async () => (await import('./cron.tsx')).CronExplained)

export function SchedulePart() {
  const { task: { definition }, set } = usePanel()
  const schedule = definition['schedule']
  const cron = memberOf(schedule, 'cron')
  const given = settingsIn(definition)['timezone']
  const timezone = typeof given === 'string' ? given : 'UTC'
  return (
    <>
      <FieldView field={field('/schedule/cron', labels.cron, 'text', { placeholder: '0 8 * * 1-5', help: help.cron })} />
      {typeof cron === 'string' && (
        <Stack gap="xs" className="app-inset">
          <Suspense fallback={<Text size="sm">…</Text>}><CronExplained expression={cron} timezone={isZone(timezone) ? timezone : 'UTC'} /></Suspense>
          <Select label={labels.timezone} searchable clearable limit={60} placeholder="UTC" data={zonesWith(timezone)} value={typeof given === 'string' ? given : null} onChange={(next) => { set(`${SETTINGS}/timezone`, next ?? undefined) }} />
        </Stack>
      )}
      <FieldView field={field('/schedule/every', labels.every, 'duration', { help: help.every })} />
      <FieldView field={field('/schedule/after', labels.after, 'duration', { help: help.after })} />
      <EventsField path="/schedule/on" />
      <Triggers />
    </>
  )
}

/** Browsers leave out what the hub knows, such as UTC. */
const zonesWith = (zone: string): string[] => [...new Set(['UTC', zone, ...Intl.supportedValuesOf('timeZone')])]
const isZone = (zone: string): boolean => zonesWith('UTC').includes(zone)
