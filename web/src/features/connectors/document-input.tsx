import { Button, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { FileUp } from 'lucide-react'
import { useRef, useState, type DragEvent } from 'react'
import { formatBytes } from '../../lib/format.ts'
import { texts } from './texts.ts'

/** A document, or where it is. */
export type Given = { kind: 'text', text: string, name: string } | { kind: 'url', url: string }

/** By drop, by file, by URL or by paste. `undefined`: nothing usable yet. */
export function DocumentInput({ given, onChange }: { given: Given | undefined, onChange(given: Given | undefined): void }) {
  const file = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const take = async (dropped: File | undefined): Promise<void> => {
    if (dropped !== undefined) onChange({ kind: 'text', text: await dropped.text(), name: dropped.name })
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  const isFile = given?.kind === 'text' && given.name !== ''
  return (
    <Stack gap="sm">
      <div className="app-drop" data-over={isOver || undefined} onDrop={drop} onDragOver={(event) => { event.preventDefault(); setOver(true) }} onDragLeave={() => { setOver(false) }}>
        <FileUp size={24} aria-hidden />
        <Text size="sm">{isFile ? texts.dropped(given.name, formatBytes(given.text.length)) : texts.drop}</Text>
        <Button variant="default" onClick={() => { file.current?.click() }}>{texts.chooseFile}</Button>
        <input ref={file} type="file" hidden accept=".json,.yaml,.yml,application/json,application/yaml" aria-label={texts.chooseFile} onChange={(event) => { void take(event.currentTarget.files?.[0]) }} />
      </div>
      <TextInput label={texts.url} type="url" placeholder="https://api.example.com/openapi.json" value={given?.kind === 'url' ? given.url : ''} onChange={(event) => { onChange(event.currentTarget.value === '' ? undefined : { kind: 'url', url: event.currentTarget.value.trim() }) }} />
      <Textarea label={texts.paste} autosize minRows={3} maxRows={10} spellCheck={false} classNames={{ input: 'app-mono' }} value={given?.kind === 'text' && given.name === '' ? given.text : ''} onChange={(event) => { onChange(event.currentTarget.value === '' ? undefined : { kind: 'text', text: event.currentTarget.value, name: '' }) }} />
    </Stack>
  )
}
