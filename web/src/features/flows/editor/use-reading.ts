import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useRef } from 'react'
import { isRead, isReadable, readDocument, type ReadDocument, type Unreadable } from '../document/read.ts'

export interface Reading {
  /** As it was when it could last be read; undefined where it never could. */
  last: ReadDocument | undefined
  /** Why it cannot be read now: nothing is to be changed by the graph meanwhile. */
  fault: Unreadable | undefined
  /** The text has gone on since it was read. */
  isBehind: boolean
}

const LARGE = 20_000
const PAUSE_MS = 120

/** The text, read as it changes; long ones a moment after typing stopped. */
export function useReading(text: string): Reading {
  const [settled] = useDebouncedValue(text, PAUSE_MS)
  // What was changed by the graph or a form was read already, to prove the change.
  const given = text.length > LARGE && !isRead(text) ? settled : text
  const reading = useMemo(() => readDocument(given), [given])
  const last = useRef<ReadDocument>(undefined)
  if (isReadable(reading)) last.current = reading
  return { last: last.current, fault: isReadable(reading) ? undefined : reading, isBehind: given !== text }
}
