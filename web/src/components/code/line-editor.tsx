import { Skeleton } from '@mantine/core'
import { Suspense } from 'react'
import { lazily } from '../lazily.ts'

export interface Suggestion { label: string, detail?: string, kind: 'property' | 'variable' | 'function' | 'keyword' }

export interface LineEditorProps {
  /** What it holds, for those who cannot see it. */
  label: string
  value: string
  onChange(value: string): void
  onFocus?: () => void
  onBlur?: () => void
  placeholder?: string
  /** Enter begins another line. */
  isBlock?: boolean
  /** What may stand instead of the last `length` characters before the cursor. */
  suggest?: (before: string) => { length: number, options: Suggestion[] } | undefined
}

const Loaded = lazily(async () => (await import('./line-editor-lazy.tsx')).LineEditorLazy)

/** A field for something short that is written by rules, with suggestions. */
export function LineEditor(props: LineEditorProps) {
  return <Suspense fallback={<Skeleton height={34} />}><Loaded {...props} /></Suspense>
}
