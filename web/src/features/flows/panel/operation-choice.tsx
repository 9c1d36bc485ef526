import { Button, Drawer, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import { SearchInput } from '../../../components/search-input.tsx'
import { Operations } from '../palette/operations.tsx'
import { texts } from '../texts.ts'
import { usePanel } from './context.ts'
import { FieldView } from './field-view.tsx'

/** What a task calls: typed, or looked for. */
export function OperationChoice() {
  const { set, task } = usePanel()
  const [isOpen, setOpen] = useState(false)
  const [words, setWords] = useState('')
  return (
    <>
      <FieldView field={{ path: '/call', label: texts.fields.calls, as: 'text' }} />
      <Group><Button variant="default" size="compact-sm" onClick={() => { setOpen(true) }}>{texts.chooseOperation}</Button></Group>
      {isOpen && (
        <Drawer opened onClose={() => { setOpen(false) }} title={texts.chooseOperation}>
          <Stack gap="sm">
            <SearchInput label={texts.searchTasks} value={words} onSearch={(next) => { setWords(next ?? '') }} />
            <Operations words={words} onPick={({ definition: { call, with: input } }) => {
              setOpen(false)
              set('/call', call)
              // What is filled in already is kept: it may fit the other as well.
              if (task.definition['with'] === undefined && input !== undefined) set('/with', input)
            }} />
          </Stack>
        </Drawer>
      )}
    </>
  )
}
