import { Button, Group, Text } from '@mantine/core'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { Editor } from '../code/editor.tsx'
import { Problem } from '../problem.tsx'
import { texts } from '../texts.ts'
import { errorsBelow } from './problem-errors.ts'

export interface JsonSendProps {
  label: string
  /** What one begins with; another one takes the place of what was typed. Keep it from render to render. */
  value: unknown
  action: string
  icon?: ReactNode
  isPending: boolean
  disabled?: boolean
  /** Looks like one of several things to do, not like the one that the form is for. */
  isAside?: boolean
  error: Error | null
  errorTitle: string
  /** Where in a refused body the JSON stood: what is said of it is marked at its place. */
  pointer?: string
  minHeight?: number
  maxHeight?: number
  onSend(value: unknown): void
  /** Beside the button. */
  children?: ReactNode
}

/** JSON that somebody edits and sends off; what is no JSON is told, and stays. */
export function JsonSend({ label, value, action, icon, isPending, disabled = false, isAside = false, error, errorTitle, pointer, minHeight = 110, maxHeight, onSend, children }: JsonSendProps) {
  const [text, setText] = useState(() => JSON.stringify(value ?? {}, null, 2))
  const [fault, setFault] = useState<string>()
  const faults = useMemo(() => (pointer === undefined ? undefined : errorsBelow(error, pointer)), [error, pointer])
  useEffect(() => { setText(JSON.stringify(value ?? {}, null, 2)) }, [value])
  const send = (): void => {
    try {
      const read: unknown = JSON.parse(text)
      setFault(undefined)
      onSend(read)
    } catch (reason) {
      setFault(texts.notJson((reason as Error).message))
    }
  }
  return (
    <>
      <Editor value={text} onChange={setText} language="json" label={label} minHeight={minHeight} {...maxHeight !== undefined && { maxHeight }} {...faults && { faults }} />
      {fault !== undefined && <Text size="sm" role="alert" style={{ color: 'var(--app-bad)' }}>{fault}</Text>}
      {error !== null && <Problem error={error} title={errorTitle} />}
      <Group gap="xs" justify={isAside ? 'flex-start' : 'flex-end'}><Button {...isAside && { variant: 'default' }} leftSection={icon} disabled={disabled} loading={isPending} onClick={send}>{action}</Button>{children}</Group>
    </>
  )
}
