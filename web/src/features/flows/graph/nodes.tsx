import { Handle, Position, type NodeProps } from '@xyflow/react'
import { CornerDownRight, Plus, TriangleAlert, Zap } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatMs } from '../../../lib/format.ts'
import { texts } from '../texts.ts'
import { useGraph, type GraphLife } from './context.ts'
import { useHandle } from './dragging.ts'
import type { EndNodeType, ListNodeType, TaskNodeType } from './elements.ts'
import { iconOf } from './icons.ts'
import { CASE_HEIGHT, HEAD_HEIGHT, isDirective } from './layout.ts'
import type { TaskStanding } from './state.ts'
import { detailOf, type Task, type TaskList } from './tasks.ts'

/** Where ways begin and end: React Flow measures them in the page. */
const handles = <><Handle type="target" position={Position.Top} isConnectable={false} /><Handle type="source" position={Position.Bottom} isConnectable={false} /></>

export function TaskNode({ data: { placed: { task } } }: NodeProps<TaskNodeType>) {
  const { active, chosen, onChoose, onFocus, standings, findings, deeds } = useGraph()
  const { pointer, name, kind, lists, cases, next } = task
  const Icon = iconOf(kind)
  const standing = standings?.get(pointer)
  const wrong = findings?.get(pointer)
  const detail = detailOf(task)
  const [list] = lists
  const handle = useHandle(deeds === undefined ? undefined : { label: name, task, drop: (place) => { deeds.moveTo(task, place) } })
  return (
    <div className="flow-node" data-state={standing?.state} data-wrong={wrong === undefined ? undefined : wrong.errors > 0 ? 'error' : 'warning'} data-chosen={chosen === pointer || undefined} data-holds={lists.length > 0 || undefined}>
      {handles}
      <button
        type="button" className="flow-node-head flow-handle nopan nodrag" style={{ height: HEAD_HEIGHT }} data-pointer={pointer} tabIndex={active === pointer ? 0 : -1} aria-pressed={chosen === pointer}
        onClick={() => { onChoose(chosen === pointer ? undefined : pointer) }} onFocus={() => { onFocus(pointer) }}
        {...handle}
      >
        <Icon size={16} aria-hidden className="flow-node-icon" />
        <span className="flow-node-words">
          <span className="flow-node-name" dir="auto">{name}</span>
          <span className="flow-node-detail">{kind === undefined ? texts.noKind : texts.kinds[kind]}{detail !== '' && ` · ${detail}`}</span>
          <span className="flow-hidden">{furtherOf(task, { standing, wrong: wrong?.first })}</span>
        </span>
        <Marks standing={standing} wrong={wrong?.first} leave={isDirective(next) && next !== 'continue' ? next : undefined} />
      </button>
      {cases.length > 0 && <ul className="flow-node-cases">{cases.map((each) => <li key={each.pointer} style={{ height: CASE_HEIGHT }}><b>{each.name}</b> {each.when ?? texts.otherwise} → {each.next ?? 'continue'}</li>)}</ul>}
      {deeds !== undefined && list?.role === 'branches' && <AddButton className="flow-node-add" list={list} index={list.tasks.length} label={texts.addBranch(name)} />}
    </div>
  )
}

function Marks({ standing, wrong, leave }: { standing: TaskStanding | undefined, wrong: string | undefined, leave: string | undefined }): ReactNode {
  return (
    <span className="flow-node-marks" aria-hidden>
      {leave !== undefined && <span className="flow-node-then"><CornerDownRight size={11} />{leave}</span>}
      {wrong !== undefined && <span title={wrong}><TriangleAlert size={15} className="flow-node-alert" /></span>}
      {standing !== undefined && (
        <>
          <span className="flow-node-state" data-state={standing.state}>{texts.taskStates[standing.state]}</span>
          {standing.times > 0 && <span className="flow-node-took app-num">{standing.times > 1 && `${standing.times}× `}{standing.attempts > 1 && `${texts.attempts(standing.attempts)} `}{standing.tookMs !== null && formatMs(standing.tookMs)}</span>}
        </>
      )}
    </span>
  )
}

/** What the picture shows beyond words, for those who cannot see it. */
function furtherOf(task: Task, { standing, wrong }: { standing: TaskStanding | undefined, wrong: string | undefined }): string {
  const { index, list, parent, lists, cases, next } = task
  const within = lists.reduce((sum, { tasks }) => sum + tasks.length, 0)
  return [
    texts.placeOf(index + 1, list.tasks.length, parent?.name),
    within > 0 && texts.holds(within), ...cases.map((each) => `${each.name}: ${each.next ?? 'continue'}`), next !== undefined && texts.leadsTo(next),
    standing && texts.taskStates[standing.state], standing !== undefined && standing.times > 1 && texts.ranTimes(standing.times), wrong,
  ].filter(Boolean).join(', ')
}

export function ListNode({ data: { placed: { list, owner } } }: NodeProps<ListNodeType>) {
  const { deeds } = useGraph()
  if (owner !== undefined) return <div className="flow-list" data-role={list.role}><span>{texts.roles[list.role]}</span></div>
  return <div className="flow-empty">{deeds === undefined ? <span>{texts.nothingIn}</span> : <AddButton list={list} index={0} label={texts.addFirst(texts.roles[list.role])}>{texts.addTask}</AddButton>}</div>
}

export function EndNode({ data: { kind } }: NodeProps<EndNodeType>) {
  const { onStart } = useGraph()
  if (kind === 'start' && onStart !== undefined) return <div className="flow-end">{handles}<button type="button" className="nopan nodrag" aria-label={texts.startSettings} title={texts.startSettings} onClick={onStart}><Zap size={11} aria-hidden />{texts.startNode}</button></div>
  return <div className="flow-end">{handles}{kind === 'start' ? texts.startNode : texts.endNode}</div>
}

interface AddButtonProps { list: TaskList, index: number, label: string, className?: string, children?: ReactNode }

/** For the mouse; keys add from the task that they are at. */
export function AddButton({ list, index, label, className = '', children }: AddButtonProps) {
  const deeds: GraphLife['deeds'] = useGraph().deeds
  // What a list without tasks holds is reached by nothing else.
  return <button type="button" className={`flow-add nopan nodrag ${className}`} tabIndex={list.tasks.length === 0 ? 0 : -1} aria-label={label} title={label} onClick={() => { deeds?.add({ list, index }) }}><Plus size={13} aria-hidden />{children}</button>
}
