import { Button, Group, Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { texts } from './texts.ts'

/** Enter goes on. */
export function StepForm({ children, onBack, onNext, isIncomplete = false }: { children: ReactNode, onBack(): void, onNext(): void, isIncomplete?: boolean }) {
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isIncomplete) onNext()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {children}
        <Group justify="space-between"><Button variant="default" onClick={onBack}>{texts.back}</Button><Button type="submit" disabled={isIncomplete}>{texts.next}</Button></Group>
      </Stack>
    </form>
  )
}
