import { Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { errorsBelow } from '../../../components/form/problem-errors.ts'
import { ValueForm } from '../../../components/form/value-form.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import type { Flow } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'

interface RunDrawerProps {
  flowId: string
  /** Another than the latest published one. */
  version?: string | undefined
  /** Of an earlier run. */
  input?: unknown
  /** The earlier run. */
  repeats?: string
  /** There are changes that are not stored. */
  isEdited?: boolean
  onClose(): void
}

/** Recorded with a secret hidden, or with a large value left out. */
export function isIncomplete(input: unknown): boolean {
  return /\[hidden\]|"\$blob"/.test(JSON.stringify(input ?? null))
}

/** Starts a run, and goes to it. */
export function RunDrawer({ flowId, version, input, repeats, isEdited = false, onClose }: RunDrawerProps) {
  const latest = useGet('/api/v1/flows/{flow}', { path: { flow: flowId } }, { enabled: version === undefined })
  const given = useGet('/api/v1/flows/{flow}/versions/{version}', { path: { flow: flowId, version: version ?? '' } }, { enabled: version !== undefined })
  return (
    <Drawer opened onClose={onClose} title={texts.runTitle(flowId)}>
      <Loaded query={version === undefined ? latest : given}>{(flow) => <StartForm flow={flow} isLatest={version === undefined || version === flow.latestVersion} input={input} repeats={repeats} isEdited={isEdited} />}</Loaded>
    </Drawer>
  )
}

interface StartFormProps { flow: Flow, isLatest: boolean, input: unknown, repeats: string | undefined, isEdited: boolean }

function StartForm({ flow, isLatest, input, repeats, isEdited }: StartFormProps) {
  const go = useGo()
  const path = usePath()
  const [value, setValue] = useState<unknown>(input ?? {})
  const isMasked = isIncomplete(value)
  const start = useAction<void, { id: string }>({
    run: ({ hub }) => hub.post('/api/v1/flows/{flow}/runs', { path: { flow: flow.flowId }, body: { input: value, ...!isLatest && { version: flow.version }, ...repeats !== undefined && { repeats } } }), changes: ['/api/v1/runs', '/api/v1/records'],
    done: ({ id }) => { go(path(`runs/${id}`)) },
  })
  return (
    <Stack gap="sm">
      {!isLatest && <Text size="sm" c="dimmed">{texts.oldVersion(flow.version)}</Text>}
      {isEdited && <Text size="sm" style={{ color: 'var(--app-warn)' }}>{texts.notInRun}</Text>}
      <ValueForm label={texts.input} schema={inputSchema(flow.definition)} value={value} onChange={setValue} errors={errorsBelow(start.error, '/input')} />
      {isMasked && <Text size="sm" c="dimmed">{texts.masked}</Text>}
      {start.isError && <Problem error={start.error} title={texts.startFailed} />}
      <Group justify="flex-end"><Button loading={start.isPending} disabled={value === undefined} onClick={() => { start.mutate() }}>{texts.start}</Button></Group>
    </Stack>
  )
}

/** What the document says of its input, where it says so in place. */
function inputSchema(definition: Flow['definition']): Record<string, unknown> | undefined {
  const { schema } = (definition['input'] ?? {}) as { schema?: { document?: unknown } }
  return typeof schema?.document === 'object' && schema.document !== null ? schema.document as Record<string, unknown> : undefined
}
