import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { ApiKey } from '../../hub/client.ts'
import { nothingAllowed } from './policy.ts'
import { PolicyFields } from './policy-fields.tsx'
import { texts } from './texts.ts'

/** Changes what a key that is in use may see and call. */
export function PolicyModal({ agentKey: { id, name, agent }, onClose }: { agentKey: ApiKey, onClose(): void }) {
  const [policy, setPolicy] = useState(agent ?? nothingAllowed)
  const save = useAction({
    run: ({ hub }) => hub.put('/api/v1/keys/{id}/agent', { path: { id }, body: policy }), changes: ['/api/v1/keys'],
    done() {
      notifyDone(texts.policyChanged)
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={texts.policyTitle(name)}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">{texts.policyText}</Text>
          <PolicyFields value={policy} onChange={setPolicy} error={save.error} below="" />
          {save.isError && <Problem error={save.error} title={texts.policyFailed} />}
          <Group justify="flex-end"><Button type="submit" loading={save.isPending}>{texts.save}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
