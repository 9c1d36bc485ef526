import { Button, Group, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { Save, Send } from 'lucide-react'
import { useMemo, useRef, useState, type ReactNode } from 'react'
import { Editor, type EditorPlace } from '../../../components/code/editor.tsx'
import { Problem } from '../../../components/problem.tsx'
import { texts as common } from '../../../components/texts.ts'
import type { Flow, StoredFlow } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { useStore } from '../deeds.ts'
import { nextVersion, template, withVersion } from '../template.ts'
import { texts } from '../texts.ts'
import { Findings } from './findings.tsx'
import { useValidation } from './use-validation.ts'

interface DocumentEditorProps {
  /** What the hub has; undefined for a flow that is new. */
  stored: Flow | undefined
  text: string
  onText(text: string): void
  onStored(stored: StoredFlow): void
  beside?: ReactNode
}

export function DocumentEditor({ stored, text, onText, onStored, beside }: DocumentEditorProps) {
  const mayWrite = useTenant().can('flows:write')
  const format = stored?.format ?? 'yaml'
  const checked = useValidation({ text, format }, mayWrite)
  const [goTo, setGoTo] = useState<EditorPlace>()
  const marks = useMemo(() => (checked.findings ?? []).map(({ severity, line, column, pointer, detail }) => ({ severity, line, column, message: `${pointer} ${detail}` })), [checked.findings])
  const isNew = stored === undefined
  const isDirty = text !== (stored?.source ?? template)
  const kept = useRef<string>(undefined)
  const store = useStore((result, document) => {
    kept.current = document.text
    onStored(result)
  })
  // Its parts are at the same path: what was typed is kept between them.
  useBlocker({ shouldBlockFn: ({ current, next }) => isDirty && text !== kept.current && current.pathname !== next.pathname && !confirm(common.unsaved), enableBeforeUnload: () => isDirty })
  const isFixed = stored?.status === 'published' && isDirty && checked.version === stored.version
  const isSavable = (isNew || isDirty) && !isFixed
  return (
    <Stack gap="sm">
      <Group gap="xs" justify="space-between">
        <Group gap="xs">{beside}{!isNew && isDirty && <Text size="sm" c="dimmed">{texts.unsaved}</Text>}</Group>
        {mayWrite
          ? <StoreButtons isPending={store.isPending ? store.variables.draft : undefined} isAllowed={isSavable || stored?.status === 'draft'} isSavable={isSavable} onStore={(draft) => { store.mutate({ text, format, draft }) }} {...!isNew && isDirty && { onDiscard: () => { onText(stored.source) } }} />
          : <Text size="sm" c="dimmed">{texts.mayNotWrite}</Text>}
      </Group>
      {isFixed && <Fixed version={stored.version} onRaise={(next) => { onText(withVersion(text, stored.version, next)) }} />}
      {store.isError && <Problem error={store.error} title={texts.saveFailed} />}
      <Editor language={format} label={texts.document} value={text} {...mayWrite && { onChange: onText, marks }} goTo={goTo} minHeight={360} maxHeight={620} />
      {mayWrite && <Findings checked={checked} onGo={setGoTo} />}
    </Stack>
  )
}

function Fixed({ version, onRaise }: { version: string, onRaise(version: string): void }) {
  const next = nextVersion(version)
  return <Group gap="xs"><Text size="sm">{texts.raiseText(version)}</Text><Button variant="default" onClick={() => { onRaise(next) }}>{texts.raise(next)}</Button></Group>
}

interface StoreButtonsProps { isPending: boolean | undefined, isAllowed: boolean, isSavable: boolean, onStore(draft: boolean): void, onDiscard?: () => void }

function StoreButtons({ isPending, isAllowed, isSavable, onStore, onDiscard }: StoreButtonsProps) {
  return (
    <Group gap="xs">
      {onDiscard !== undefined && <Button variant="subtle" color="gray" onClick={onDiscard}>{texts.discard}</Button>}
      <Button variant="default" leftSection={<Save size={14} />} disabled={!isSavable} loading={isPending === true} onClick={() => { onStore(true) }}>{texts.saveDraft}</Button>
      <Button leftSection={<Send size={14} />} disabled={!isAllowed} loading={isPending === false} onClick={() => { onStore(false) }}>{texts.publish}</Button>
    </Group>
  )
}
