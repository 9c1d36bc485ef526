import { Button, Drawer, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import { Editor } from '../../../components/code/editor.tsx'
import { errorAt, errorsBelow } from '../../../components/form/problem-errors.ts'
import { notifyDone } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { texts as common } from '../../../components/texts.ts'
import { useAction } from '../../../hub/action.ts'
import type { EventType } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'
import { typePath } from './type-path.ts'

const beginning = { type: 'object', required: [], properties: {} }

/** Registers a type, or replaces what is known of one: also what a connector declares, in whose place the own then stands. */
export function TypeDrawer({ known, onClose }: { known: EventType | undefined, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const [type, setType] = useState(known?.type ?? '')
  const [description, setDescription] = useState(known?.description ?? '')
  const [text, setText] = useState(() => (known?.schema === null ? '' : JSON.stringify(known?.schema ?? beginning, null, 2)))
  const [fault, setFault] = useState<string>()
  const isTaken = useIsRegistered(known === undefined ? type.trim() : '')
  const save = useAction<EventType['schema'], EventType>({
    run: ({ hub }, schema) => hub.put('/api/v1/event-types/{type}', { path: { type: type.trim() }, body: { description: description.trim(), schema } }), changes: ['/api/v1/event-types'],
    done(saved) {
      notifyDone(texts.saved)
      onClose()
      if (known === undefined) go(path(typePath(saved.type)))
    },
  })
  const faults = useMemo(() => [...errorsBelow(save.error, '/schema'), ...[errorAt(save.error, '/schema')].flatMap((detail) => (detail === undefined ? [] : [{ pointer: '', detail }]))], [save.error])
  const submit = (): void => {
    try {
      const schema = text.trim() === '' ? null : JSON.parse(text) as EventType['schema']
      setFault(undefined)
      save.mutate(schema)
    } catch (reason) {
      setFault(common.notJson((reason as Error).message))
    }
  }
  return (
    <Drawer opened onClose={onClose} title={known?.type ?? texts.registerType} size="lg">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{known?.origin === 'connector' ? texts.replaceTypeText(known.connector ?? '') : texts.registerTypeText}</Text>
        {known === undefined && <TextInput label={texts.type} placeholder="order.paid" data-autofocus value={type} error={isTaken ? texts.typeTaken : errorAt(save.error, '/type')} onChange={(event) => { setType(event.currentTarget.value) }} />}
        <Textarea label={texts.description} autosize minRows={2} value={description} error={errorAt(save.error, '/description')} onChange={(event) => { setDescription(event.currentTarget.value) }} />
        <div><Text size="sm" fw={500}>{texts.schema}</Text><Text size="xs" c="dimmed">{texts.schemaHelp}</Text></div>
        <Editor value={text} onChange={setText} language="json" label={texts.schema} minHeight={220} faults={faults} />
        {fault !== undefined && <Text size="sm" role="alert" style={{ color: 'var(--app-bad)' }}>{fault}</Text>}
        {save.isError && <Problem error={save.error} title={texts.failed} />}
        <Group justify="flex-end"><Button disabled={type.trim() === '' || isTaken} loading={save.isPending} onClick={submit}>{known === undefined ? texts.register : texts.save}</Button></Group>
      </Stack>
    </Drawer>
  )
}

/** Whoever registers another one is not to replace one unaware. */
function useIsRegistered(type: string): boolean {
  const [asked] = useDebouncedValue(type, 250)
  const { rows } = useRows('/api/v1/event-types', { query: { q: asked || '-', origin: 'tenant', limit: 500 } }, { enabled: asked !== '' })
  return asked === type && asked !== '' && rows?.some((each) => each.type === type) === true
}
