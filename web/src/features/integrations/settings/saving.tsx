import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import type { UseMutationResult } from '@tanstack/react-query'
import { useRef } from 'react'
import { notifyDone } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import { isProblem, type Integration, type IntegrationPatch } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { texts } from '../texts.ts'
import { DifferenceTable } from './difference-table.tsx'

export interface Saving {
  mutation: UseMutationResult<Integration, Error, { change: IntegrationPatch, over?: string }>
  save(change: IntegrationPatch): void
  /** Begins again with what is stored. */
  restart(): void
  base: Integration
}

/** Saves against what one began with: where somebody else was faster, that is told instead of overwritten. */
export function useSaving(integration: Integration, done: (saved: Integration) => void): Saving {
  const base = useRef(integration)
  const mutation = useAction<{ change: IntegrationPatch, over?: string }, Integration>({
    run: ({ hub }, { change, over }) => hub.patch('/api/v1/integrations/{id}', { path: { id: integration.id }, body: change, ifMatch: over ?? base.current.etag }),
    changes: ['/api/v1/integrations', '/api/v1/credentials', '/api/v1/overview'],
    done(saved) {
      base.current = saved
      notifyDone(texts.saved)
      done(saved)
    },
  })
  return {
    mutation, save: (change) => { mutation.mutate({ change }) }, base: base.current,
    restart() {
      base.current = integration
      mutation.reset()
    },
  }
}

/** The button, and what came of it. `change` is asked for when it is pressed. */
export function SaveBar({ saving, change, onTakeTheirs, disabled = false }: { saving: Saving, change: () => IntegrationPatch, onTakeTheirs: (now: Integration) => void, disabled?: boolean }) {
  const { mutation, save } = saving
  const isConflict = isProblem(mutation.error, 'precondition_failed')
  return (
    <Stack gap="sm">
      {isConflict && <Conflict saving={saving} change={change} onTakeTheirs={onTakeTheirs} />}
      {mutation.isError && !isConflict && <Problem error={mutation.error} title={texts.saveFailed} />}
      {!isConflict && <Group justify="flex-end"><Button disabled={disabled} loading={mutation.isPending} onClick={() => { save(change()) }}>{texts.save}</Button></Group>}
    </Stack>
  )
}

function Conflict({ saving: { base, mutation, restart }, change, onTakeTheirs }: { saving: Saving, change: () => IntegrationPatch, onTakeTheirs: (now: Integration) => void }) {
  const { data: now } = useGet('/api/v1/integrations/{id}', { path: { id: base.id } }, { staleTime: 0 })
  if (now === undefined) return null
  return (
    <Alert color="orange" variant="outline" title={texts.conflictTitle}>
      <Stack gap="sm">
        <Text size="sm">{texts.conflictText}</Text>
        <DifferenceTable before={base} after={now} names={[texts.conflictBefore, texts.now]} />
        <Group gap="xs">
          <Button variant="default" onClick={() => {
            restart()
            onTakeTheirs(now)
          }}>{texts.takeTheirs}</Button>
          <Button onClick={() => { mutation.mutate({ change: change(), over: now.etag }) }}>{texts.saveMine}</Button>
        </Group>
      </Stack>
    </Alert>
  )
}
