import { useMemo } from 'react'
import { errorsBelow } from '../../../components/form/problem-errors.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import type { Schema } from '../../../hub/api-schema.ts'
import { secretMaker, type SchemeChoice } from './verification.ts'

interface VerificationFormProps { choice: SchemeChoice, value: Schema, onChange(value: Schema): void, error: Error | null, disabled?: boolean }

/** How requests show that they come from the sender. */
export function VerificationForm({ choice: { name, schema }, value, onChange, error, disabled = false }: VerificationFormProps) {
  const looks = useMemo(() => ({ secret: { 'ui:widget': 'password', 'ui:options': { autocomplete: 'off', make: secretMaker(name) } } }), [name])
  return <SchemaForm key={name} idPrefix="verification" schema={schema} ui={looks} value={value} disabled={disabled} errors={errorsBelow(error, '/verification')} onChange={(next) => { onChange(next as Schema) }} />
}
