import { Button, Drawer, Group, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { useAction } from '../../hub/action.ts'
import type { Agent } from '../../hub/client.ts'
import { texts } from './texts.ts'

/** Tells an agent what to do. */
export function PromptDrawer({ agent: { id, name, description }, onStarted, onClose }: { agent: Agent, onStarted(run: string): void, onClose(): void }) {
  const [prompt, setPrompt] = useState('')
  const start = useAction<void, { id: string }>({
    run: ({ hub }) => hub.post('/api/v1/agents/{id}/runs', { path: { id }, body: { prompt } }), changes: ['/api/v1/runs'],
    done: (run) => { onStarted(run.id) },
  })
  return (
    <Drawer opened onClose={onClose} title={texts.runAgent(name)}>
      <Stack gap="sm">
        {description !== '' && <Text size="sm" c="dimmed">{description}</Text>}
        <Textarea label={texts.prompt} autosize minRows={4} data-autofocus value={prompt} error={errorAt(start.error, '/prompt')} onChange={(event) => { setPrompt(event.currentTarget.value) }} />
        {start.isError && <Problem error={start.error} title={texts.startFailed} />}
        <Group justify="flex-end"><Button loading={start.isPending} disabled={prompt.trim() === ''} onClick={() => { start.mutate() }}>{texts.run}</Button></Group>
      </Stack>
    </Drawer>
  )
}
