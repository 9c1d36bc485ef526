import { Suspense } from 'react'
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
}

const Loaded = lazily(async () => (await import('./editor-lazy.tsx')).EditorLazy)

/** Text with colours, folding and search. Shown as plain text until those are there: nothing jumps. */
export function Editor(props: EditorProps) {
  return (
    <div className="app-code">
      <Suspense fallback={<pre className="app-pre" style={{ maxHeight: props.maxHeight ?? 420, minHeight: props.minHeight }}>{props.value.slice(0, 5000)}</pre>}>
        <Loaded {...props} />
      </Suspense>
    </div>
  )
}
