import { Alert, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import type { EditorPlace } from '../../../components/code/editor.tsx'
import type { FlowFinding } from '../../../hub/client.ts'
import { useUrl } from '../../../routing/url.ts'
import { Graph } from '../graph/graph.tsx'
import { texts } from '../texts.ts'
import { findingsByTask } from './findings-by-task.ts'
import { useReading } from './use-reading.ts'

export interface VisualProps {
  text: string
  findings: FlowFinding[] | undefined
  /** Shows a place of the text. */
  onGo(place: EditorPlace): void
}

/** The document as a graph. */
export function Visual({ text, findings, onGo }: VisualProps) {
  const [{ task: chosen }, setUrl] = useUrl<'task'>()
  const { last, fault } = useReading(text)
  const wrong = useMemo(() => (last === undefined || findings === undefined ? undefined : findingsByTask(findings, last.list)), [last, findings])
  const choose = (pointer: string | undefined): void => {
    setUrl({ task: pointer })
    const place = pointer === undefined ? undefined : last?.placeOf(pointer)
    if (place !== undefined) onGo({ ...place, isQuiet: true })
  }
  return (
    <Stack gap="xs">
      {fault !== undefined && <Alert color="orange" variant="outline" role="status" title={texts.unreadable}><Text size="sm">{texts.unreadableText(fault.line, fault.message)}</Text></Alert>}
      {last !== undefined && <Graph label={texts.graph} list={last.list} chosen={chosen} onChoose={choose} {...wrong !== undefined && { findings: wrong }} height={560} />}
    </Stack>
  )
}
