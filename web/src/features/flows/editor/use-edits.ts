import { useMemo, useRef } from 'react'
import { notifyFailed, notifyWarned } from '../../../components/notify.tsx'
import { freeName, moveItem, pointerAfter, renameTask, setValue, type Edited } from '../document/edits.ts'
import { holdingOf } from '../document/lists.ts'
import type { AddPlace } from '../graph/graph.tsx'
import { leadsTo, namesOf, type Task } from '../graph/tasks.ts'
import type { NewTask } from '../palette/blueprints.ts'
import type { TaskDeeds } from '../panel/task-panel.tsx'
import type { DocumentDeeds } from '../options/deeds.ts'
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

export interface Edits extends TaskDeeds, Pick<DocumentDeeds, 'apply'> { put(place: AddPlace, task: NewTask): void }

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
    const put = ({ list, index }: AddPlace, { name, definition }: NewTask): void => {
      const free = freeName(list.tasks.map((each) => each.name), name)
      const { insert, pointerOf } = holdingOf(list)
      if (apply((text) => insert(text, list, index, { name: free, definition }))) latest.current.choose(pointerOf(list, index, free))
    }
    return {
      put, apply, add: (place) => { latest.current.ask(place) },
      set: ({ pointer }, path, value) => { apply((text) => setValue(text, pointer + path, value)) },
      rename({ list, index }, name) {
        if (list.tasks.some((each, at) => at !== index && each.name === name)) return false
        const { rename, pointerOf } = holdingOf(list)
        if (apply((text) => rename(text, list, index, name))) latest.current.renamed(pointerOf(list, index, name))
        return true
      },
      remove({ list, index, name }) {
        const leading = list.tasks.filter((task, at) => at !== index && leadsTo(task, name)).map((task) => task.name)
        if (apply((text) => holdingOf(list).drop(text, list, index)) && leading.length > 0) notifyWarned(texts.ledThere(name), texts.ledThereText(leading))
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
    pointer: holdingOf(to.list).pointerOf({ ...to.list, pointer: pointerAfter(at.pointer, from) }, at.index, free),
    change(text) {
      const renamed = renameTask(text, list.pointer, index, free)
      return renamed === undefined ? undefined : moveItem(renamed, from, at)
    },
  }
}
