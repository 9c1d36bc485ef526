import { Button, Drawer, Group, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { errorAt } from '../../../components/form/problem-errors.ts'
import { notifyDone } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import type { Tenant } from '../../../hub/session.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'

const HOUR_MS = 3_600_000

/** As `datetime-local` takes it: the reader's own time. */
const localTime = (at: Date): string => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

interface Wish { since: string, until: string, types: string[], filter: string }

/** Events of the past, sent to an endpoint once they were counted. */
export function ReplayDrawer({ endpointId, onClose }: { endpointId: string, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const [wish, setWish] = useState<Wish>(() => ({ since: localTime(new Date(Date.now() - HOUR_MS)), until: '', types: [], filter: '' }))
  const ask = ({ hub }: Tenant, dryRun: boolean): Promise<{ count: number }> => hub.post('/api/v1/webhooks/{id}/replay', { path: { id: endpointId }, body: bodyOf(wish, dryRun) })
  const count = useAction<void, { count: number }>({ run: (tenant) => ask(tenant, true) })
  const replay = useAction<void, { count: number }>({
    run: (tenant) => ask(tenant, false), changes: ['/api/v1/deliveries', '/api/v1/figures'],
    done({ count: sent }) {
      notifyDone(texts.replayed(formatNumber(sent), sent))
      onClose()
      go(path(`webhooks/endpoints/${endpointId}`, { part: 'deliveries' }))
    },
  })
  // A count holds for what was counted only.
  const change = (part: Partial<Wish>): void => {
    setWish({ ...wish, ...part })
    count.reset()
    replay.reset()
  }
  const error = count.error ?? replay.error
  return (
    <Drawer opened onClose={onClose} title={texts.replay}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.replayText}</Text>
        <TextInput type="datetime-local" label={texts.from} value={wish.since} error={errorAt(error, '/since')} onChange={(event) => { change({ since: event.currentTarget.value }) }} />
        <TextInput type="datetime-local" label={texts.until} description={texts.untilHelp} value={wish.until} error={errorAt(error, '/until')} onChange={(event) => { change({ until: event.currentTarget.value }) }} />
        <TagsInput label={texts.eventTypes} description={texts.replayTypesHelp} acceptValueOnBlur splitChars={[',', ' ']} value={wish.types} error={errorAt(error, '/types')} onChange={(types) => { change({ types }) }} />
        <Textarea label={texts.filter} description={texts.replayFilterHelp} placeholder=".data.amount > 100" minRows={1} spellCheck={false} value={wish.filter} error={errorAt(error, '/filter')} onChange={(event) => { change({ filter: event.currentTarget.value }) }} />
        {error !== null && <Problem error={error} title={texts.failed} />}
        {count.data !== undefined && <Text role="status" size="sm" fw={600}>{texts.wouldSend(formatNumber(count.data.count), count.data.count)}</Text>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" loading={count.isPending} disabled={wish.since === ''} onClick={() => { count.mutate() }}>{texts.count}</Button>
          <Button loading={replay.isPending} disabled={(count.data?.count ?? 0) === 0} onClick={() => { replay.mutate() }}>{count.data === undefined ? texts.send : texts.sendN(formatNumber(count.data.count))}</Button>
        </Group>
      </Stack>
    </Drawer>
  )
}

function bodyOf({ since, until, types, filter }: Wish, dryRun: boolean): { since: string, until?: string, types?: string[], filter?: string, dryRun: boolean } {
  return { since: new Date(since).toISOString(), ...until !== '' && { until: new Date(until).toISOString() }, ...types.length > 0 && { types }, ...filter.trim() !== '' && { filter: filter.trim() }, dryRun }
}
