import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { SendHorizontal } from 'lucide-react'
import { useState } from 'react'
import { Editor } from '../../../components/code/editor.tsx'
import { hasFields, hideSecrets } from '../../../components/form/secrets.ts'
import { errorsBelow } from '../../../components/form/problem-errors.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import { Section } from '../../../components/section.tsx'
import { useAction } from '../../../hub/action.ts'
import { ApiError, type Execution, type Integration, type Operation, type OperationExample } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { plainText } from '../../../lib/plain-text.ts'
import { useUrl } from '../../../routing/url.ts'
import { Answer } from './answer.tsx'
import { CodeView } from './code-view.tsx'
import { KeptExamples, SaveExample } from './examples.tsx'
import { texts } from '../texts.ts'

type View = 'form' | 'json' | 'code'

export interface Sent { data?: unknown, execution?: Execution, error?: Error }

interface OperationFormProps { integration: Integration, operation: Operation, examples: OperationExample[] }

export function OperationForm({ integration, operation, examples }: OperationFormProps) {
  const { can } = useTenant()
  const [{ example }, setUrl] = useUrl<'example'>()
  const current = examples.find(({ id }) => id === example)
  const isEmpty = !hasFields(operation.input)
  const [view, setView] = useState<View>('form')
  const [input, setInput] = useState<unknown>(current?.input ?? {})
  const [text, setText] = useState<string>()
  const [fault, setFault] = useState<string>()
  const [sent, setSent] = useState<Sent>()
  const send = useAction<unknown, { data: unknown, execution: Execution }>({
    run: ({ hub }, given) => hub.post('/api/v1/integrations/{id}/run', { path: { id: integration.id }, body: { operation: operation.id, input: given } }),
    changes: ['/api/v1/executions', '/api/v1/figures'],
    done: ({ data, execution }) => { setSent({ data, execution }) },
    failed: (error) => { setSent({ error, ...error instanceof ApiError && error.problem.execution !== undefined && { execution: error.problem.execution as Execution } }) },
  })
  const type = (next: string): void => {
    setText(next)
    try {
      setInput(JSON.parse(next))
      setFault(undefined)
    } catch (error) {
      setFault(texts.notJson((error as Error).message))
    }
  }
  const choose = (next: OperationExample | undefined): void => {
    setUrl({ example: next?.id })
    if (next === undefined) return
    setInput(next.input)
    setFault(undefined)
    if (view === 'json') setText(JSON.stringify(next.input, null, 2))
  }
  const turn = (next: string): void => {
    setText(next === 'json' ? JSON.stringify(input ?? {}, null, 2) : undefined)
    setFault(undefined)
    setView(next as View)
  }
  return (
    <Stack gap="md">
      <Section title={operation.id} text={<>{operation.summary}{operation.description !== undefined && operation.description !== operation.summary && <Text size="sm" c="dimmed" lineClamp={4} className="app-anywhere">{plainText(operation.description)}</Text>}</>}
        actions={<SegmentedControl aria-label={texts.input} data={[{ value: 'form', label: texts.form }, { value: 'json', label: texts.json }, { value: 'code', label: texts.code }]} value={view} onChange={turn} />}>
        <KeptExamples examples={examples} chosen={current?.id} onChoose={choose} />
        {view === 'form' && (isEmpty ? <Text size="sm" c="dimmed">{texts.noInput}</Text> : <SchemaForm schema={operation.input} ui={hideSecrets(operation.input)} value={input} onChange={setInput} errors={errorsBelow(send.error, '/input')} />)}
        {view === 'json' && <Editor language="json" label={texts.input} value={text ?? '{}'} onChange={type} minHeight={160} />}
        {view === 'code' && <CodeView integration={integration} operation={operation.id} input={input} />}
        {fault !== undefined && <Text size="sm" style={{ color: 'var(--app-bad)' }}>{fault}</Text>}
        <Group justify="flex-end" gap="xs">
          {!can('integrations:run') && <Text size="sm" c="dimmed">{texts.mayNotRun}</Text>}
          {!isEmpty && view === 'form' && <Button variant="default" onClick={() => { setInput(operation.example) }}>{texts.reset}</Button>}
          {!isEmpty && can('integrations:run') && fault === undefined && <SaveExample key={current?.id} integrationId={integration.id} operation={operation.id} input={input} current={current} onSaved={(saved) => { setUrl({ example: saved.id }) }} />}
          {can('integrations:run') && <Button leftSection={<SendHorizontal size={14} />} loading={send.isPending} disabled={fault !== undefined} onClick={() => { send.mutate(input) }}>{texts.send}</Button>}
        </Group>
      </Section>
      <Answer sent={sent} integrationId={integration.id} />
    </Stack>
  )
}
