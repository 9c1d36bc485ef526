import { useEffect, useRef, useState } from 'react'

const PAUSE_MS = 300

export interface Draft { text: string, type(text: string): void, flush(): void }

interface DraftOptions {
  /** As the document has it. */
  text: string
  /** Whether what is typed means the same already: then it stays as it is typed. */
  isSame(typed: string): boolean
  commit(typed: string): void
}

/** What is being typed, handed on a moment after typing stopped, at the latest when the field is left. */
export function useDraft({ text, isSame, commit }: DraftOptions): Draft {
  const [typed, setTyped] = useState(text)
  const pending = useRef<string>(undefined)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef({ isSame, commit, typed })
  latest.current = { isSame, commit, typed }
  const flush = useRef(() => {
    clearTimeout(timer.current)
    const next = pending.current
    pending.current = undefined
    if (next !== undefined) latest.current.commit(next)
  }).current
  // Changed elsewhere: in the text, by undoing.
  useEffect(() => { if (pending.current === undefined && !latest.current.isSame(latest.current.typed)) setTyped(text) }, [text])
  useEffect(() => flush, [flush])
  return {
    text: typed, flush,
    type(next) {
      setTyped(next)
      pending.current = next
      clearTimeout(timer.current)
      timer.current = setTimeout(flush, PAUSE_MS)
    },
  }
}
