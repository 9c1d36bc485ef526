import { Button, Group, Stack } from '@mantine/core'
import { Dices } from 'lucide-react'
import { errorsBelow } from '../../../components/form/problem-errors.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import type { Schema } from '../../../hub/api-schema.ts'
import { texts } from '../texts.ts'
import { secretMaker, type SchemeChoice } from './verification.ts'

interface VerificationFormProps { choice: SchemeChoice, value: Schema, onChange(value: Schema): void, error: Error | null, disabled?: boolean }

const looks = { secret: { 'ui:widget': 'password', 'ui:options': { autocomplete: 'off' } } }

/** How requests show that they come from the sender. */
export function VerificationForm({ choice: { name, schema }, value, onChange, error, disabled = false }: VerificationFormProps) {
  const make = secretMaker(name)
  return (
    <Stack gap="xs">
      <SchemaForm key={name} idPrefix="verification" schema={schema} ui={looks} value={value} disabled={disabled} errors={errorsBelow(error, '/verification')} onChange={(next) => { onChange(next as Schema) }} />
      {make !== undefined && !disabled && <Group><Button variant="default" leftSection={<Dices size={14} />} onClick={() => { onChange({ ...value, secret: make() }) }}>{texts.makeSecret}</Button></Group>}
    </Stack>
  )
}
