import { Button, Group, Stack } from '@mantine/core'
import { useId, type FormEvent, type ReactNode } from 'react'
import { texts } from './texts.ts'

/** Enter goes on. `aside`: what has forms of its own, below the fields. */
export function StepForm({ children, aside, onBack, onNext, isIncomplete = false }: { children: ReactNode, aside?: ReactNode, onBack(): void, onNext(): void, isIncomplete?: boolean }) {
  const id = useId()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isIncomplete) onNext()
  }
  return (
    <Stack gap="md">
      <form id={id} onSubmit={submit} noValidate><Stack gap="md">{children}</Stack></form>
      {aside}
      <Group justify="space-between"><Button variant="default" onClick={onBack}>{texts.back}</Button><Button type="submit" form={id} disabled={isIncomplete}>{texts.next}</Button></Group>
    </Stack>
  )
}
