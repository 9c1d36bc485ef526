import { Alert, Button, Code, Group, List, Stack, Text } from '@mantine/core'
import { CircleAlert } from 'lucide-react'
import { ApiError, HubUnreachable } from '../hub/client.ts'
import { CopyButton } from './copy-button.tsx'
import { texts } from './texts.ts'

export interface ProblemProps {
  error: unknown
  title?: string
  /** The one thing to do about it. */
  retry?: () => void
  action?: React.ReactNode
}

export function messageOf(error: unknown): string {
  if (error instanceof HubUnreachable) return texts.unreachable
  return error instanceof Error ? error.message : String(error)
}

/** What went wrong, in which request, and what to do. */
export function Problem({ error, title = texts.failedTitle, retry, action }: ProblemProps) {
  const known = error instanceof ApiError ? error : undefined
  const message = messageOf(error)
  // One alone is mostly in the sentence already.
  const errors = known?.errors.filter(({ detail }, _at, all) => all.length > 1 || !message.includes(detail)) ?? []
  const request = known?.problem.instance?.replace(/^urn:[^:]+:/, '')
  return (
    <Alert color="red" variant="outline" icon={<CircleAlert size={18} />} title={title} className="app-problem">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" className="app-anywhere">{message}</Text>
        {errors.length > 0 && (
          <List size="sm" spacing={2}>
            {errors.map(({ pointer, detail }) => <List.Item key={`${pointer} ${detail}`}><Code>{pointer === '' ? '/' : pointer}</Code> {detail}</List.Item>)}
          </List>
        )}
        <Group gap="xs">
          {retry !== undefined && <Button size="xs" variant="default" onClick={retry}>{texts.retry}</Button>}
          {action}
          {known !== undefined && <Code>{known.code}</Code>}
          {request !== undefined && <Text size="xs" c="dimmed">{texts.requestId} <Code>{request}</Code> <CopyButton value={request} label={texts.copyRequestId} /></Text>}
        </Group>
      </Stack>
    </Alert>
  )
}

