import { ActionIcon, Button, Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { Redo2, Save, Settings2, Shapes, Undo2 } from 'lucide-react'
import { Suspense, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react'
import { Editor, type EditorCommands, type EditorPlace } from '../../../components/code/editor.tsx'
import { lazily } from '../../../components/lazily.ts'
import { Problem } from '../../../components/problem.tsx'
import { texts as common } from '../../../components/texts.ts'
import { isProblem, type Flow, type FlowFinding, type StoredFlow } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { useUrl } from '../../../routing/url.ts'
import { useStore } from '../deeds.ts'
import type { Docked } from '../editor/visual.tsx'
import { nextVersion, template, withVersion } from '../template.ts'
import { texts } from '../texts.ts'
import { Findings } from './findings.tsx'
import { Publish } from './publish.tsx'
import { useValidation } from './use-validation.ts'

interface DocumentEditorProps {
  /** What the hub has; undefined for a flow that is new. */
  stored: Flow | undefined
  text: string
  onText(text: string): void
  onStored(stored: StoredFlow): void
  beside?: ReactNode
}

const Conflict = lazily(async () => (await import('./conflict.tsx')).Conflict)
const Visual = lazily(async () => (await import('../editor/visual.tsx')).Visual)
type View = keyof typeof texts.views

export function DocumentEditor({ stored, text, onText, onStored, beside }: DocumentEditorProps) {
  const mayWrite = useTenant().can('flows:write')
  const format = stored?.format ?? 'yaml'
  const checked = useValidation({ text, format }, mayWrite)
  const [goTo, setGoTo] = useState<EditorPlace>()
  const marks = useMemo(() => (checked.findings ?? []).map(({ severity, line, column, pointer, detail }) => ({ severity, line, column, message: `${pointer} ${detail}` })), [checked.findings])
  const [{ view: given }, setUrl] = useUrl<'view'>()
  const view: View = given !== undefined && given in texts.views ? given as View : 'both'
  const isNew = stored === undefined
  const isDirty = text !== (stored?.source ?? template)
  const kept = useRef<string>(undefined)
  const commands = useRef<EditorCommands>(null)
  const [docked, setDocked] = useState<Docked>()
  const [panelPlace, setPanelPlace] = useState<HTMLElement | null>(null)
  const store = useStore((result, document) => {
    kept.current = document.text
    onStored(result)
  })
  // Its parts are at the same path: what was typed is kept between them.
  useBlocker({ shouldBlockFn: ({ current, next }) => isDirty && text !== kept.current && current.pathname !== next.pathname && !confirm(common.unsaved), enableBeforeUnload: () => isDirty })
  // What one began with: the page itself is kept up to date with what others do.
  const base = useRef(stored)
  if (!isDirty) base.current = stored
  const isConflict = isProblem(store.error, 'precondition_failed')
  const save = (draft: boolean, { over = base.current?.etag, isAllowed = draft } = {}): void => { store.mutate({ text, format, draft, over, isAllowed }) }
  // Said before anything is changed: nothing is to jump at the first key.
  const published = stored?.status === 'published' && (checked.version ?? stored.version) === stored.version ? stored.version : undefined
  const isFixed = published !== undefined && isDirty
  const isSavable = (isNew || isDirty) && !isFixed
  return (
    <Stack gap="sm">
      <Group gap="xs" justify="space-between">
        <Group gap="xs">{beside}<SegmentedControl aria-label={texts.view} data={Object.entries(texts.views).map(([value, label]) => ({ value, label }))} value={view} onChange={(next) => { setUrl({ view: next === 'both' ? undefined : next }) }} />{mayWrite && <Tools commands={commands} docked={docked} onDock={view === 'text' ? undefined : setDocked} />}{!isNew && <Text size="sm" c="dimmed" style={{ visibility: isDirty ? 'visible' : 'hidden' }}>{texts.unsaved}</Text>}</Group>
        {mayWrite
          ? <StoreButtons isPending={store.isPending ? store.variables.draft : undefined} isAllowed={isSavable || stored?.status === 'draft'} isSavable={isSavable} isDirty={isDirty} findings={checked.findings} onGo={setGoTo} onStore={save} {...!isNew && { onDiscard: () => { onText(stored.source) } }} />
          : <Text size="sm" c="dimmed">{texts.mayNotWrite}</Text>}
      </Group>
      {published !== undefined && mayWrite && <Fixed version={published} onRaise={(next) => { onText(withVersion(text, published, next)) }} />}
      {store.isError && !isConflict && <Problem error={store.error} title={texts.saveFailed} />}
      {isConflict && base.current !== undefined && (
        <Suspense fallback={null}>
          <Conflict base={base.current} version={checked.version ?? base.current.version} onSaveMine={({ etag }) => { save(store.variables!.draft, { over: etag, isAllowed: store.variables!.isAllowed ?? false }) }} onTakeTheirs={(theirs) => {
            base.current = theirs
            store.reset()
            onText(theirs.source)
          }} />
        </Suspense>
      )}
      <div className="app-flow-editor" data-view={view}>
        {view !== 'text' && <Suspense fallback={<Skeleton height={560} />}><Visual flowId={stored?.flowId} text={text} onText={mayWrite ? onText : undefined} findings={checked.findings} onGo={setGoTo} commands={commands} panelPlace={panelPlace} docked={docked} onDock={setDocked} /></Suspense>}
        <Stack gap="sm" className="app-shrink">
          <div ref={setPanelPlace} className="app-flow-forms" hidden={view === 'text'} />
          {/* Always there: it holds what can be undone. */}
          <div hidden={view === 'graph'}><Editor language={format} label={texts.document} value={text} {...mayWrite && { onChange: onText, marks }} goTo={goTo} commands={commands} minHeight={360} maxHeight={620} /></div>
          {mayWrite && <Findings checked={checked} onGo={setGoTo} />}
        </Stack>
      </div>
    </Stack>
  )
}

interface ToolsProps { commands: RefObject<EditorCommands | null>, docked: Docked | undefined, onDock: ((docked: Docked | undefined) => void) | undefined }

const choices = [['palette', texts.palette, Shapes], ['document', texts.documentPanel, Settings2]] as const

function Tools({ commands, docked, onDock }: ToolsProps) {
  const shown = docked === 'start' ? 'document' : docked
  return (
    <Group gap={4}>
      <ActionIcon variant="default" size="lg" aria-label={texts.undo} title={`${texts.undo}. ${texts.oneHistory}`} onClick={() => { commands.current?.undo() }}><Undo2 size={15} /></ActionIcon>
      <ActionIcon variant="default" size="lg" aria-label={texts.redo} title={texts.redo} onClick={() => { commands.current?.redo() }}><Redo2 size={15} /></ActionIcon>
      {onDock !== undefined && choices.map(([key, label, Icon]) => <Button key={key} variant={shown === key ? 'light' : 'default'} leftSection={<Icon size={14} />} aria-pressed={shown === key} onClick={() => { onDock(shown === key ? undefined : key) }}>{label}</Button>)}
    </Group>
  )
}

function Fixed({ version, onRaise }: { version: string, onRaise(version: string): void }) {
  const next = nextVersion(version)
  return <Group gap="xs"><Text size="sm">{texts.raiseText(version)}</Text><Button variant="default" onClick={() => { onRaise(next) }}>{texts.raise(next)}</Button></Group>
}

interface StoreButtonsProps { isPending: boolean | undefined, isAllowed: boolean, isSavable: boolean, isDirty: boolean, findings: FlowFinding[] | undefined, onGo(place: EditorPlace): void, onStore(draft: boolean, options?: { isAllowed: boolean }): void, onDiscard?: () => void }

function StoreButtons({ isPending, isAllowed, isSavable, isDirty, findings, onGo, onStore, onDiscard }: StoreButtonsProps) {
  return (
    <Group gap="xs">
      {onDiscard !== undefined && <Button variant="subtle" color="gray" disabled={!isDirty} onClick={onDiscard}>{texts.discard}</Button>}
      <Button variant="default" leftSection={<Save size={14} />} disabled={!isSavable} loading={isPending === true} onClick={() => { onStore(true) }}>{texts.saveDraft}</Button>
      <Publish findings={findings} isAllowed={isAllowed} isPending={isPending === false} onGo={onGo} onPublish={(isAllowedToMiss) => { onStore(false, { isAllowed: isAllowedToMiss }) }} />
    </Group>
  )
}
