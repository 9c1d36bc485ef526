import { Button, Drawer, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { errorAt, errorsBelow } from '../../../components/form/problem-errors.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import { withoutBlanks } from '../../../components/form/secrets.ts'
import { notifyDone } from '../../../components/notify.tsx'
import { Problem } from '../../../components/problem.tsx'
import { useAction } from '../../../hub/action.ts'
import type { LibraryFlow, StoredFlow } from '../../../hub/client.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { CHANGES } from '../deeds.ts'
import { flowIdOf, flowPath } from '../paths.ts'
import { texts } from '../texts.ts'

/** The parameters of a predefined flow, and what it shall be called. */
export function InstallDrawer({ flow: { id, title, description, parameters, source }, onClose }: { flow: LibraryFlow, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const [name, setName] = useState(() => /^ {2}name: (.+)$/m.exec(source)?.[1] ?? id)
  const [given, setGiven] = useState<unknown>(() => Object.fromEntries(Object.entries(parameters).flatMap(([each, { default: standard }]) => (standard === undefined ? [] : [[each, standard]]))))
  const schema = { type: 'object', properties: parameters, required: Object.entries(parameters).flatMap(([each, { default: standard }]) => (standard === undefined ? [each] : [])) }
  const install = useAction<void, StoredFlow>({
    run: ({ hub }) => hub.post('/api/v1/flows/library/{id}/install', { path: { id }, body: { parameters: withoutBlanks(given), name: name.trim() } }), changes: CHANGES,
    done(stored) {
      notifyDone(texts.installed(stored.name))
      go(path(flowPath(flowIdOf(stored))))
    },
  })
  return (
    <Drawer opened onClose={onClose} title={texts.installTitle(title)}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{description}</Text>
        <TextInput label={texts.installName} description={texts.installNameHelp} value={name} onChange={(event) => { setName(event.currentTarget.value) }} error={errorAt(install.error, '/name')} />
        <SchemaForm schema={schema} value={given} onChange={setGiven} errors={errorsBelow(install.error, '/parameters')} />
        {install.isError && <Problem error={install.error} title={texts.installFailed} />}
        <Group justify="flex-end"><Button loading={install.isPending} disabled={name.trim() === ''} onClick={() => { install.mutate() }}>{texts.install}</Button></Group>
      </Stack>
    </Drawer>
  )
}
