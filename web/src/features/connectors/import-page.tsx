import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { notifyDone } from '../../components/notify.tsx'
import { Page } from '../../components/page.tsx'
import { Problem } from '../../components/problem.tsx'
import { Section } from '../../components/section.tsx'
import { useAction } from '../../hub/action.ts'
import type { Connector } from '../../hub/client.ts'
import { useTenant } from '../../hub/session.ts'
import { useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { DocumentInput, type Given } from './document-input.tsx'
import { Preview } from './preview.tsx'
import { bodyOf } from './request.ts'
import { texts } from './texts.ts'

export function ImportPage() {
  const path = usePath()
  const go = useGo()
  const { can } = useTenant()
  const [given, setGiven] = useState<Given>()
  const [name, setName] = useState('')
  const doImport = useAction<Given, Connector>({
    run: ({ hub }, document) => hub.post('/api/v1/connectors/import', { body: { ...bodyOf(document), ...name.trim() !== '' && { name: name.trim() } } }), changes: ['/api/v1/connectors', '/api/v1/integrations/available'],
    done(connector) {
      notifyDone(texts.imported(connector.name))
      go(path(`connectors/${encodeURIComponent(connector.id)}`))
    },
  })
  const crumbs = [{ label: texts.hub, to: path('integrations') }, { label: texts.connectors, to: path('connectors') }]
  if (!can('connectors:write')) return <Page title={texts.importTitle} crumbs={crumbs}><Text size="sm" c="dimmed">{texts.mayNotImport}</Text></Page>
  return (
    <Page title={texts.importTitle} subtitle={texts.importText} crumbs={crumbs}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: 'start' }}>
        <Section title={texts.importDocument}>
          <Stack gap="md">
            <DocumentInput given={given} onChange={setGiven} />
            <TextInput label={texts.nameField} description={texts.nameHelp} value={name} onChange={(event) => { setName(event.currentTarget.value) }} />
          </Stack>
        </Section>
        <Section title={texts.preview}>
          {given === undefined ? <Text size="sm" c="dimmed">{texts.previewNone}</Text> : <Preview given={given} />}
          {doImport.isError && <Problem error={doImport.error} title={texts.importFailed} />}
          <Group justify="flex-end"><Button disabled={given === undefined} loading={doImport.isPending} onClick={() => { if (given !== undefined) doImport.mutate(given) }}>{texts.doImport}</Button></Group>
        </Section>
      </SimpleGrid>
    </Page>
  )
}
