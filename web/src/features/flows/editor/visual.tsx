import { Alert, Skeleton, Stack, Text } from '@mantine/core'
import { Suspense, useCallback, useMemo, useRef, useState, type RefObject } from 'react'
import { createPortal } from 'react-dom'
import { lazily } from '../../../components/lazily.ts'
import type { EditorCommands, EditorPlace } from '../../../components/code/editor.tsx'
import type { FlowFinding } from '../../../hub/client.ts'
import { useUrl } from '../../../routing/url.ts'
import { createDragging, DraggingContext } from '../graph/dragging.ts'
import { Graph, type AddPlace, type GraphDeeds } from '../graph/graph.tsx'
import { allTasks, findTask, taskAt, type TaskList } from '../graph/tasks.ts'
import { listsOfUse, readUse } from '../graph/use.ts'
import { DockedPalette, Palette } from '../palette/palette.tsx'
import { TaskPanel } from '../panel/task-panel.tsx'
import { useSamples } from '../sample/use-samples.tsx'
import { texts } from '../texts.ts'
import { findingsByTask } from './findings-by-task.ts'
import { useEdits } from './use-edits.ts'
import { useReading } from './use-reading.ts'

const DocumentPanel = lazily(async () => (await import('../options/document-panel.tsx')).DocumentPanel)

/** What stands above the form of the task that is open; `start`: the settings, with how the flow begins. */
export type Docked = 'palette' | 'document' | 'start'

export interface VisualProps {
  /** Undefined for a flow that is new. */
  flowId: string | undefined
  text: string
  /** Left out: it can only be looked at. */
  onText: ((text: string) => void) | undefined
  findings: FlowFinding[] | undefined
  /** Shows a place of the text. */
  onGo(place: EditorPlace): void
  commands: RefObject<EditorCommands | null>
  docked: Docked | undefined
  onDock(docked: Docked | undefined): void
  /** Where forms are put. */
  panelPlace: HTMLElement | null
}

/** The document as a graph, with a form for the task that is open. */
export function Visual({ flowId, text, onText, findings, onGo, commands, panelPlace, docked, onDock }: VisualProps) {
  const [{ task: chosen }, setUrl] = useUrl<'task'>()
  const { last, fault } = useReading(text)
  const [adding, setAdding] = useState<AddPlace>()
  const samples = useSamples(flowId)
  const use = useMemo(() => readUse(last?.definition), [last])
  const tasks = useMemo(() => new Map(last === undefined ? [] : [last.list, ...listsOfUse(use)].flatMap(allTasks).map((task) => [task.pointer, task])), [last, use])
  const wrong = useMemo(() => (last === undefined || findings === undefined ? undefined : findingsByTask(findings, last.list)), [last, findings])
  const choose = (pointer: string | undefined): void => {
    setUrl({ task: pointer })
    const place = pointer === undefined ? undefined : last?.placeOf(pointer)
    if (place !== undefined) onGo({ ...place, isQuiet: true })
  }
  const [opened, keepOpen] = useOpened(chosen)
  const [dragging] = useState(createDragging)
  const edits = useEdits({
    chosen, text, onText: onText ?? (() => undefined), choose: (pointer) => { setUrl({ task: pointer }) }, ask: setAdding,
    renamed(pointer) {
      keepOpen(pointer)
      setUrl({ task: pointer })
    },
  })
  // What cannot be read must not be changed by what was read before it.
  const mayEdit = onText !== undefined && fault === undefined
  const deeds = useMemo((): GraphDeeds | undefined => (mayEdit ? { add: edits.add, remove: edits.remove, move: edits.move, moveTo: edits.moveTo, undo: () => { commands.current?.undo() }, redo: () => { commands.current?.redo() } } : undefined), [mayEdit, edits, commands])
  const toStart = useCallback(() => { onDock('start') }, [onDock])
  const task = findTask([...tasks.values()], chosen)
  const end = (list: TaskList): AddPlace => (task !== undefined ? { list: task.list, index: task.index + 1 } : { list, index: list.tasks.length })
  return (
    <DraggingContext value={mayEdit ? dragging : undefined}>
      <Stack gap="xs">
        {fault !== undefined && <Alert color="orange" variant="outline" role="status" title={texts.unreadable}><Text size="sm">{texts.unreadableText(fault.line, fault.message)}</Text></Alert>}
        {last !== undefined && <Graph label={texts.graph} list={last.list} chosen={task?.pointer} onChoose={choose} deeds={deeds} {...mayEdit && { onStart: toStart }} {...wrong !== undefined && { findings: wrong }} height={560} />}
        {(docked === 'document' || docked === 'start') && mayEdit && panelPlace !== null && last !== undefined && createPortal(
          <Suspense fallback={<Skeleton height={300} mb="sm" />}>
            <DocumentPanel key={docked} isStart={docked === 'start'} definition={last.definition} root={last.list} use={use} samples={samples} deeds={{ ...edits, addFunction: () => { edits.add({ list: use.functions, index: use.functions.tasks.length }) }, open: choose }} onClose={() => { onDock(undefined) }} />
          </Suspense>, panelPlace)}
        {docked === 'palette' && mayEdit && panelPlace !== null && last !== undefined && createPortal(<DockedPalette onClose={() => { onDock(undefined) }} onPick={(picked, place) => { edits.put(place ?? end(last.list), picked) }} />, panelPlace)}
        {task !== undefined && mayEdit && panelPlace !== null && last !== undefined && createPortal(
          <TaskPanel key={opened} task={task} root={last.list} use={use} findings={(findings ?? []).filter(({ pointer }) => taskAt(tasks, pointer) === task)} samples={samples} deeds={edits} onClose={() => { setUrl({ task: undefined }) }} />, panelPlace)}
        {adding !== undefined && mayEdit && <Palette onClose={() => { setAdding(undefined) }} onPick={(picked) => {
          setAdding(undefined)
          edits.put(adding, picked)
        }} />}
      </Stack>
    </DraggingContext>
  )
}

/** Counts the tasks that were opened: another one gets a form of its own, one that is renamed keeps its own. */
function useOpened(chosen: string | undefined): [opened: number, keep: (pointer: string) => void] {
  const known = useRef({ pointer: chosen, kept: '', count: 0 })
  const { pointer, kept, count } = known.current
  if (pointer !== chosen) known.current = { pointer: chosen, kept: '', count: chosen === kept ? count : count + 1 }
  return [known.current.count, (next) => { known.current.kept = next }]
}
