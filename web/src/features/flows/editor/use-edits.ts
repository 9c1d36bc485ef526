import { useMemo, useRef } from 'react'
import { notifyFailed } from '../../../components/notify.tsx'
import { dropItem, freeName, insertItem, moveItem, renameTask, setValue, type Edited } from '../document/edits.ts'
import type { AddPlace } from '../graph/graph.tsx'
import { escapePart, type Task, type TaskList } from '../graph/tasks.ts'
import type { NewTask } from '../palette/blueprints.ts'
import type { TaskDeeds } from '../panel/task-panel.tsx'
import { texts } from '../texts.ts'

export interface EditsOptions {
  text: string
  onText(text: string): void
  /** Opens a task of the document as it is then. */
  choose(pointer: string | undefined): void
  /** The one that is open is called so now. */
  renamed(pointer: string): void
  /** Asks what to add there. */
  ask(place: AddPlace): void
}

export interface Edits extends TaskDeeds { put(place: AddPlace, task: NewTask): void }

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
      if (apply((text) => insertItem(text, list.pointer, index, { [free]: definition }))) choose(pointerOf(list.pointer, index, free))
    }
    return {
      put, add: (place) => { latest.current.ask(place) },
      set: ({ pointer }, path, value) => { apply((text) => setValue(text, pointer + path, value)) },
      rename({ list, index }, name) {
        if (list.tasks.some((each, at) => at !== index && each.name === name)) return false
        if (apply((text) => renameTask(text, list.pointer, index, name))) latest.current.renamed(pointerOf(list.pointer, index, name))
        return true
      },
      remove({ list, index }) {
        apply((text) => dropItem(text, list.pointer, index))
      },
      move({ list, index }, by) {
        const to = index + by
        if (to < 0 || to >= list.tasks.length) return
        apply((text) => moveItem(text, { pointer: list.pointer, index }, { pointer: list.pointer, index: to }))
      },
      moveTo({ list, index, name }: Task, to: TaskList) {
        if (to.tasks.some((each) => each.name === name)) notifyFailed(texts.notChanged, new Error(texts.nameTaken))
        else if (apply((text) => moveItem(text, { pointer: list.pointer, index }, { pointer: to.pointer, index: to.tasks.length }))) choose(undefined)
      },
      copy({ list, index, name, definition }) { put({ list, index: index + 1 }, { name, definition }) },
    }
  }, [])
}
