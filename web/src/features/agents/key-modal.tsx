import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { ShownOnce } from '../../components/shown-once.tsx'
import { useAction } from '../../hub/action.ts'
import { nothingAllowed } from './policy.ts'
import { PolicyFields } from './policy-fields.tsx'
import { texts } from './texts.ts'

/** Makes a key with a policy, and shows it this once. */
export function KeyModal({ onMade, onClose }: { onMade(key: string): void, onClose(): void }) {
  const [name, setName] = useState('')
  const [policy, setPolicy] = useState(nothingAllowed)
  const make = useAction<void, { key: string }>({
    run: ({ hub }) => hub.post('/api/v1/keys', { body: { name: name.trim(), agent: policy } }), changes: ['/api/v1/keys'],
    done: ({ key }) => { onMade(key) },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  if (make.data !== undefined) return <ShownOnce title={texts.keyMade} text={texts.keyMadeText} value={make.data.key} onClose={onClose} />
  return (
    <Modal opened onClose={onClose} title={texts.keyTitle}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput label={texts.name} placeholder={texts.namePlaceholder} data-autofocus required withAsterisk={false} value={name} error={errorAt(make.error, '/name')} onChange={(event) => { setName(event.currentTarget.value) }} />
          <PolicyFields value={policy} onChange={setPolicy} error={make.error} below="/agent" />
          {make.isError && <Problem error={make.error} title={texts.makeFailed} />}
          <Group justify="flex-end"><Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>{texts.make}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
