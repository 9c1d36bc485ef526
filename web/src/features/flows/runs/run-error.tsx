import { Alert, Text } from '@mantine/core'
import type { Run } from '../../../hub/client.ts'
import { texts } from '../texts.ts'

export function RunError({ error }: { error: NonNullable<Run['error']> }) {
  return (
    <Alert color="red" variant="outline" title={texts.failedTitle} className="app-problem">
      <Text size="sm" fw={550} className="app-anywhere">{error.title} ({error.status})</Text>
      {error.detail !== undefined && <Text size="sm" className="app-anywhere">{error.detail}</Text>}
      <Text size="xs" c="dimmed" className="app-anywhere">{[error.type, error.instance].filter((each) => each !== undefined).join(' · ')}</Text>
    </Alert>
  )
}
