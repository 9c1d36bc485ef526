import { ActionIcon, Drawer, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Search, X } from 'lucide-react'
import { useState } from 'react'
import type { AddPlace } from '../graph/graph.tsx'
import { DraggingContext } from '../graph/dragging.ts'
import { iconOf } from '../graph/icons.ts'
import { texts } from '../texts.ts'
import { blueprints, type NewTask } from './blueprints.ts'
import { PaletteItem } from './item.tsx'
import { Operations } from './operations.tsx'

interface PaletteProps { onPick(task: NewTask, place?: AddPlace): void, onClose(): void }

/** What can be put where one asked for it. */
export function Palette({ onPick, onClose }: PaletteProps) {
  // It lies over the graph: nothing can be dragged from here.
  return <Drawer opened onClose={onClose} title={texts.addTask} size="md"><DraggingContext value={undefined}><Choices onPick={onPick} isFocused /></DraggingContext></Drawer>
}

/** The same beside the graph, to be dragged into it. */
export function DockedPalette({ onPick, onClose }: PaletteProps) {
  return (
    <Stack gap="sm" component="section" aria-label={texts.palette} className="app-table-box flow-panel flow-docked" p="md" mb="sm">
      <Group justify="space-between" wrap="nowrap"><Title order={2}>{texts.palette}</Title><ActionIcon aria-label={texts.closePalette} onClick={onClose}><X size={16} /></ActionIcon></Group>
      <Text size="xs" c="dimmed">{texts.paletteHelp}</Text>
      <Choices onPick={onPick} />
    </Stack>
  )
}

function Choices({ onPick, isFocused = false }: Pick<PaletteProps, 'onPick'> & { isFocused?: boolean }) {
  const [words, setWords] = useState('')
  const [settled] = useDebouncedValue(words.trim(), 200)
  const fitting = blueprints.filter(({ id }) => `${id} ${texts.blueprints[id].join(' ')}`.toLowerCase().includes(words.trim().toLowerCase()))
  return (
    <Stack gap="md">
      <TextInput type="search" {...isFocused && { 'data-autofocus': true }} aria-label={texts.searchTasks} placeholder={texts.searchTasks} leftSection={<Search size={14} />} value={words} onChange={(event) => { setWords(event.currentTarget.value) }} />
      <div role="group" aria-label={texts.operationsList}>
        <Text size="sm" fw={600}>{texts.operationsList}</Text>
        <Operations words={settled} onPick={onPick} />
      </div>
      {fitting.length > 0 && (
        <div role="group" aria-label={texts.tasks}>
          <Text size="sm" fw={600}>{texts.tasks}</Text>
          {fitting.map((blueprint) => {
            const Icon = iconOf(blueprint.kind)
            const [label, description] = texts.blueprints[blueprint.id]
            return <PaletteItem key={blueprint.id} icon={<Icon size={16} />} label={label} description={description} onPick={(place) => { onPick(blueprint, place) }} />
          })}
        </div>
      )}
    </Stack>
  )
}
