import { ActionIcon, Button, Chip, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { BookmarkPlus, Trash2 } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { errorAt } from '../../../components/form/problem-errors.ts'
import { notifyDone } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import type { OperationExample } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { texts } from '../texts.ts'

const CHANGES = ['/api/v1/integrations/{id}/examples']

interface KeptProps { examples: OperationExample[], chosen: string | undefined, onChoose(example: OperationExample | undefined): void }

/** What was kept of this operation: one click fills the form with it. */
export function KeptExamples({ examples, chosen, onChoose }: KeptProps) {
  const { can } = useTenant()
  const [deleting, setDeleting] = useState<OperationExample>()
  const remove = useAction<OperationExample>({
    run: ({ hub }, { id, integrationId }) => hub.delete('/api/v1/integrations/{id}/examples/{example}', { path: { id: integrationId, example: id } }), changes: CHANGES,
    done() {
      setDeleting(undefined)
      onChoose(undefined)
    },
  })
  if (examples.length === 0) return null
  const current = examples.find(({ id }) => id === chosen)
  return (
    <Group gap={6} role="group" aria-label={texts.examples}>
      <Text size="sm" c="dimmed">{texts.examples}:</Text>
      {examples.map((example) => <Chip key={example.id} size="xs" checked={example.id === chosen} onChange={() => { onChoose(example.id === chosen ? undefined : example) }}><span dir="auto">{example.name}</span></Chip>)}
      {current !== undefined && can('integrations:run') && <ActionIcon size={24} aria-label={texts.deleteExample(current.name)} onClick={() => { setDeleting(current) }}><Trash2 size={14} /></ActionIcon>}
      <Confirm opened={deleting !== undefined} title={texts.deleteExampleTitle} text={texts.deleteExampleText(deleting?.name ?? '')} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { if (deleting !== undefined) remove.mutate(deleting) }} onClose={() => { setDeleting(undefined) }} />
    </Group>
  )
}

interface SaveProps { integrationId: string, operation: string, input: unknown, current: OperationExample | undefined, onSaved(example: OperationExample): void }

export function SaveExample(props: SaveProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant="default" leftSection={<BookmarkPlus size={14} />} onClick={() => { setOpen(true) }}>{texts.saveExample}</Button>
      {isOpen && <SaveModal {...props} onClose={() => { setOpen(false) }} />}
    </>
  )
}

/** Under the name of the one that is open it takes its place. */
function SaveModal({ integrationId, operation, input, current, onSaved, onClose }: SaveProps & { onClose(): void }) {
  const [name, setName] = useState(current?.name ?? '')
  const replaces = current !== undefined && current.name === name.trim()
  const save = useAction<void, OperationExample>({
    run: ({ hub }) => (replaces
      ? hub.put('/api/v1/integrations/{id}/examples/{example}', { path: { id: integrationId, example: current.id }, body: { name: name.trim(), input } })
      : hub.post('/api/v1/integrations/{id}/examples', { path: { id: integrationId }, body: { operation, name: name.trim(), input } })),
    changes: CHANGES,
    done(example) {
      notifyDone(texts.exampleSaved)
      onSaved(example)
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  const taken = errorAt(save.error, '/name')
  return (
    <Modal opened onClose={onClose} title={texts.saveExample}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">{texts.saveExampleText}</Text>
          <TextInput label={texts.name} data-autofocus required withAsterisk={false} value={name} error={taken} onChange={(event) => { setName(event.currentTarget.value) }} />
          {save.isError && taken === undefined && <Problem error={save.error} title={texts.saveFailed} />}
          <Group justify="flex-end"><Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>{replaces ? texts.replaceExample : texts.save}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
