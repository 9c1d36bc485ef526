import { Alert, Button, Drawer, Group, List, Select, Stack, Text } from '@mantine/core'
import { Check, Download } from 'lucide-react'
import { useState } from 'react'
import { ValueView } from '../../../components/code/value-view.tsx'
import { notifyFailed } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import type { Reply, Run } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { save } from '../../../lib/save.ts'
import { flowIdOf } from '../paths.ts'
import { texts } from '../texts.ts'

type Replayed = Reply<'POST', '/api/v1/flows/replay'>

/** Shows whether a version of the flow would do what the recorded run did. */
export function ReplayDrawer({ run, onClose }: { run: Run, onClose(): void }) {
  const flow = flowIdOf(run)
  const versions = useRows('/api/v1/flows/{flow}/versions', { path: { flow } })
  const [chosen, setChosen] = useState<string>()
  const version = chosen ?? versions.rows?.[0]?.version ?? run.version
  const replay = useAction<void, Replayed>({
    async run({ hub }) {
      const [testCase, { definition }] = await Promise.all([hub.get('/api/v1/runs/{id}/test-case', { path: { id: run.id } }), hub.get('/api/v1/flows/{flow}/versions/{version}', { path: { flow, version } })])
      return hub.post('/api/v1/flows/replay', { body: { definition, testCase } })
    },
  })
  const keep = useAction({
    run: async ({ hub }) => { save(JSON.stringify(await hub.get('/api/v1/runs/{id}/test-case', { path: { id: run.id } }), null, 2), 'application/json', `${run.name}-${run.id}.json`) },
    failed: (error) => { notifyFailed(texts.replayFailed, error) },
  })
  const choose = (next: string | null): void => {
    setChosen(next ?? undefined)
    replay.reset()
  }
  return (
    <Drawer opened onClose={onClose} title={texts.replayTitle}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.replayText}</Text>
        <Select label={texts.replayAgainst} data={versions.rows?.map((each) => each.version) ?? [version]} value={version} onChange={choose} allowDeselect={false} />
        <Group justify="space-between">
          <Button variant="default" leftSection={<Download size={14} />} title={texts.saveTestCaseText} loading={keep.isPending} onClick={() => { keep.mutate() }}>{texts.saveTestCase}</Button>
          <Button loading={replay.isPending} onClick={() => { replay.mutate() }}>{texts.replay}</Button>
        </Group>
        {replay.isError && <Problem error={replay.error} title={texts.replayFailed} />}
        {replay.data !== undefined && <Result {...replay.data} version={version} />}
      </Stack>
    </Drawer>
  )
}

function Result({ passed, differences, version }: Replayed & { version: string }) {
  if (passed) return <Alert color="teal" variant="outline" icon={<Check size={16} />} role="status">{texts.replayPassed(version)}</Alert>
  return (
    <Alert color="orange" variant="outline" title={texts.replayDiffers(differences.length)} role="status">
      <List size="sm" spacing="xs">
        {differences.map(({ reference, what, expected, actual }) => (
          <List.Item key={`${reference} ${what}`}>
            <code className="app-anywhere">{reference === '' ? texts.replayOfRun : reference}</code> {texts.replayWhat[what]}
            {what !== 'missing' && what !== 'unexpected' && <Stack gap={4}><Text size="xs" c="dimmed">{texts.replayExpected}</Text><ValueView value={expected} label={`${texts.replayExpected}: ${reference}`} /><Text size="xs" c="dimmed">{texts.replayActual}</Text><ValueView value={actual} label={`${texts.replayActual}: ${reference}`} /></Stack>}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
