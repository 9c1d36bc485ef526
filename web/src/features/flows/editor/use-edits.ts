import { useMemo, useRef } from 'react'
import { notifyFailed } from '../../../components/notify.tsx'
import { dropItem, freeName, insertItem, moveItem, pointerAfter, renameTask, setValue, type Edited } from '../document/edits.ts'
import { renameUse as renameUseIn } from '../document/use.ts'
import type { AddPlace } from '../graph/graph.tsx'
import { escapePart, leadsTo, namesOf, type Task } from '../graph/tasks.ts'
import type { UseKind } from '../graph/use.ts'
import type { NewTask } from '../palette/blueprints.ts'
import type { DocumentDeeds } from '../panel/document-panel.tsx'
import type { TaskDeeds } from '../panel/task-panel.tsx'
import { texts } from '../texts.ts'

export interface EditsOptions {
  text: string
  onText(text: string): void
  /** Opens a task of the document as it is then. */
  choose(pointer: string | undefined): void
  /** The one that is open is called so now. */
  renamed(pointer: string): void
  /** Which one is open. */
  chosen: string | undefined
  /** Asks what to add there. */
  ask(place: AddPlace): void
}

export interface Edits extends TaskDeeds, Pick<DocumentDeeds, 'renameUse'> { put(place: AddPlace, task: NewTask): void }

const pointerOf = (list: string, index: number, name: string): string => `${list}/${index}/${escapePart(name)}`

/** What is done to tasks, as changes of the text. What cannot be done without harm is told, and left. */
export function useEdits(options: EditsOptions): Edits {
  const latest = useRef(options)
  latest.current = options
  return useMemo(() => {
    // Two changes may come before the page is drawn again.
    const apply = (change: (text: string) => Edited): boolean => {
      const before = latest.current.text
      const after = change(before)
      if (after === undefined) notifyFailed(texts.notChanged, new Error(texts.notChangedText))
      else if (after !== before) {
        latest.current = { ...latest.current, text: after }
        latest.current.onText(after)
      }
      return after !== undefined
    }
    const choose = (pointer: string | undefined): void => { latest.current.choose(pointer) }
    const put = ({ list, index }: AddPlace, { name, definition }: NewTask): void => {
      const free = freeName(list.tasks.map((each) => each.name), name)
      if (list.role === 'functions') {
        if (apply((text) => setValue(text, `${list.pointer}/${escapePart(free)}`, definition))) choose(`${list.pointer}/${escapePart(free)}`)
      } else if (apply((text) => insertItem(text, list.pointer, index, { [free]: definition }))) choose(pointerOf(list.pointer, index, free))
    }
    const renameUse = (kind: UseKind, from: string, to: string): boolean => apply((text) => renameUseIn(text, kind, { from, to }))
    return {
      put, renameUse, add: (place) => { latest.current.ask(place) },
      set: ({ pointer }, path, value) => { apply((text) => setValue(text, pointer + path, value)) },
      rename({ list, index }, name) {
        if (list.tasks.some((each, at) => at !== index && each.name === name)) return false
        if (list.role === 'functions') {
          if (renameUse('functions', list.tasks[index]!.name, name)) latest.current.renamed(`${list.pointer}/${escapePart(name)}`)
        } else if (apply((text) => renameTask(text, list.pointer, index, name))) latest.current.renamed(pointerOf(list.pointer, index, name))
        return true
      },
      remove({ list, index, name, pointer }) {
        if (list.role === 'functions') {
          apply((text) => setValue(text, list.tasks.length === 1 ? list.pointer : pointer, undefined))
          return
        }
        const leading = list.tasks.filter((task, at) => at !== index && leadsTo(task, name)).map((task) => task.name)
        if (apply((text) => dropItem(text, list.pointer, index)) && leading.length > 0) notifyFailed(texts.ledThere(name), new Error(texts.ledThereText(leading)))
      },
      move({ list, index }, by) {
        const to = index + by
        if (to < 0 || to >= list.tasks.length) return
        apply((text) => moveItem(text, { pointer: list.pointer, index }, { pointer: list.pointer, index: to }))
      },
      moveTo(task: Task, to: AddPlace) {
        const { chosen } = latest.current
        const { change, pointer } = moving(task, to)
        if (apply(change) && chosen !== undefined && namesOf(chosen) === namesOf(task.pointer)) latest.current.renamed(pointer)
      },
      copy({ list, index, name, definition }) { put({ list, index: index + 1 }, { name, definition }) },
    }
  }, [])
}

/** To another place, and where the task is then. In another list its name may be another's: it gets one of its own. */
function moving({ list, index, name, pointer }: Task, to: AddPlace): { change(text: string): Edited, pointer: string } {
  const isWithin = to.list.pointer === list.pointer
  const from = { pointer: list.pointer, index }
  const at = { pointer: to.list.pointer, index: isWithin && to.index > index ? to.index - 1 : to.index }
  const free = isWithin ? name : freeName([...to.list.tasks, ...list.tasks.filter((task) => task.pointer !== pointer)].map((task) => task.name), name)
  return {
    pointer: pointerOf(pointerAfter(at.pointer, from), at.index, free),
    change(text) {
      const renamed = renameTask(text, list.pointer, index, free)
      return renamed === undefined ? undefined : moveItem(renamed, from, at)
    },
  }
}
