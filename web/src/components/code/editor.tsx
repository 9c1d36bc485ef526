import { Suspense, type RefObject } from 'react'
import { lazily } from '../lazily.ts'

export interface EditorProps {
  value: string
  /** Left out: it can only be read. */
  onChange?: (value: string) => void
  language: 'json' | 'yaml' | 'text'
  /** What it holds, for those who cannot see it. */
  label: string
  minHeight?: number
  maxHeight?: number
  /** What is wrong in it, at its places. Given at all, there is a gutter for them. */
  marks?: EditorMark[]
  /** The same in JSON, by pointers; keep them from render to render. */
  faults?: { pointer: string, detail: string }[]
  /** Puts the cursor there; each new object does so again. */
  goTo?: EditorPlace | undefined
  /** Filled with what can be done from outside, while it is there. */
  commands?: RefObject<EditorCommands | null>
}

/** Over all that was changed, by typing or from outside. */
export interface EditorCommands { undo(): void, redo(): void }

/** Both count from 1. `isQuiet`: shown only, where one works stays where it is. */
export interface EditorPlace { line: number, column: number, isQuiet?: boolean }
export interface EditorMark extends EditorPlace { severity: 'error' | 'warning', message: string }

const Loaded = lazily(async () => (await import('./editor-lazy.tsx')).EditorLazy)

/** Text with colours, folding and search. Shown as plain text until those are there: nothing jumps. */
export function Editor(props: EditorProps) {
  return (
    <div className="app-code">
      <Suspense fallback={<pre className="app-pre app-editor-coming" tabIndex={0} style={{ maxHeight: props.maxHeight ?? 420, minHeight: props.minHeight }}>{props.value.slice(0, 5000)}</pre>}>
        <Loaded {...props} />
      </Suspense>
    </div>
  )
}
