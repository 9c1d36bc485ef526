import { Group, Stack, Text } from '@mantine/core'
import { formatNumber } from '../../lib/format.ts'
import { texts } from './texts.ts'

/** Operations by what they do over HTTP; `count`: how many there are, of which these are the first. */
export function OperationLines({ operations, count }: { operations: { method: string, path: string, summary: string }[], count: number }) {
  return (
    <Stack gap={6}>
      {operations.map(({ method, path, summary }) => (
        <Group key={`${method} ${path}`} gap="sm" wrap="nowrap"><span className="app-method">{method.toUpperCase()}</span><span className="app-mono app-clip" title={path}>{path}</span><Text span size="xs" c="dimmed" className="app-clip">{summary}</Text></Group>
      ))}
      {count > operations.length && <Text size="xs" c="dimmed">{texts.more(formatNumber(count - operations.length))}</Text>}
    </Stack>
  )
}
