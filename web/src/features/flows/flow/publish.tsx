import { Button, Popover, Stack, Text } from '@mantine/core'
import { Send, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { EditorPlace } from '../../../components/code/editor.tsx'
import type { FlowFinding } from '../../../hub/client.ts'
import { texts } from '../texts.ts'
import { FindingList } from './findings.tsx'

interface PublishProps {
  /** Of the document as it is. */
  findings: FlowFinding[] | undefined
  isAllowed: boolean
  isPending: boolean
  onGo(place: EditorPlace): void
  /** `isAllowed`: though it names what is not there. */
  onPublish(isAllowed: boolean): void
}

/** Publishes what is without error; else says what keeps it, each with the way there. */
export function Publish({ findings = [], isAllowed, isPending, onGo, onPublish }: PublishProps) {
  const [isOpen, setOpen] = useState(false)
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return <Button leftSection={<Send size={14} />} disabled={!isAllowed} loading={isPending} onClick={() => { onPublish(false) }}>{texts.publish}</Button>
  return (
    <Popover opened={isOpen} onChange={setOpen} width={360} position="bottom-end" trapFocus returnFocus withRoles={false}>
      <Popover.Target><Button leftSection={<TriangleAlert size={14} />} color="red" variant="outline" disabled={!isAllowed} loading={isPending} aria-haspopup="dialog" aria-expanded={isOpen} title={texts.keptFrom(errors.length)} onClick={() => { setOpen(!isOpen) }}>{texts.publish}</Button></Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={texts.keptFrom(errors.length)}>
        <Kept errors={errors} onGo={(place) => {
          setOpen(false)
          onGo(place)
        }} onPublish={() => {
          setOpen(false)
          onPublish(true)
        }} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** Why it is not published, and what may be done all the same. */
export function Kept({ errors, onGo, onPublish }: { errors: FlowFinding[], onGo?: (place: EditorPlace) => void, onPublish(): void }) {
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>{texts.keptFrom(errors.length)}</Text>
      <FindingList label={texts.keptBy} findings={errors} {...onGo && { onGo }} />
      {errors.every(({ allowable }) => allowable === true)
        ? <><Text size="xs" c="dimmed">{texts.publishAnywayHelp}</Text><Button variant="default" onClick={onPublish}>{texts.publishAnyway}</Button></>
        : <Text size="xs" c="dimmed">{texts.mendFirst}</Text>}
    </Stack>
  )
}
