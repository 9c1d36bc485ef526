import { Drawer, Group, NavLink, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { iconOf } from '../graph/icons.ts'
import { texts } from '../texts.ts'
import { blueprints, type NewTask } from './blueprints.ts'
import { Operations } from './operations.tsx'

/** What can be put into a flow. */
export function Palette({ onPick, onClose }: { onPick(task: NewTask): void, onClose(): void }) {
  const [words, setWords] = useState('')
  const [settled] = useDebouncedValue(words.trim(), 200)
  const fitting = blueprints.filter(({ id }) => `${id} ${texts.blueprints[id].join(' ')}`.toLowerCase().includes(words.trim().toLowerCase()))
  return (
    <Drawer opened onClose={onClose} title={texts.addTask} size="md">
      <Stack gap="md">
        <TextInput type="search" data-autofocus aria-label={texts.searchTasks} placeholder={texts.searchTasks} leftSection={<Search size={14} />} value={words} onChange={(event) => { setWords(event.currentTarget.value) }} />
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
              return <NavLink key={blueprint.id} component="button" type="button" leftSection={<Icon size={16} />} label={<Group gap={6}>{label}</Group>} description={description} onClick={() => { onPick(blueprint) }} />
            })}
          </div>
        )}
      </Stack>
    </Drawer>
  )
}
