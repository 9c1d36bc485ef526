import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { createTwoFilesPatch } from 'diff'
import { Loaded } from '../../../components/loading.tsx'
import type { Flow } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { texts } from '../texts.ts'
import { DiffLines } from './diff-lines.tsx'

export interface ConflictProps {
  /** As it was when the change began. */
  base: Flow
  /** Their version, if it is there by now. */
  version: string
  onTakeTheirs(theirs: Flow): void
  onSaveMine(over: Flow): void
}

/** Somebody was faster: what they changed, and what shall become of one's own. */
export function Conflict({ base, version, onTakeTheirs, onSaveMine }: ConflictProps) {
  const own = useGet('/api/v1/flows/{flow}/versions/{version}', { path: { flow: base.flowId, version } }, { staleTime: 0 })
  const latest = useGet('/api/v1/flows/{flow}', { path: { flow: base.flowId } }, { enabled: own.error !== null, staleTime: 0 })
  return (
    <Alert color="orange" variant="outline" title={texts.conflictTitle}>
      <Loaded query={own.error === null ? own : latest}>
        {(theirs) => (
          <Stack gap="sm">
            <Text size="sm">{texts.conflictText}</Text>
            <DiffLines label={texts.conflictLines} text={createTwoFilesPatch(base.version, theirs.version, base.source, theirs.source, undefined, undefined, { context: 3 })} />
            <Group gap="xs">
              <Button variant="default" onClick={() => { onTakeTheirs(theirs) }}>{texts.takeTheirs}</Button>
              <Button onClick={() => { onSaveMine(theirs) }}>{texts.saveMine}</Button>
            </Group>
          </Stack>
        )}
      </Loaded>
    </Alert>
  )
}
