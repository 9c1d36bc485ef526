import { useMemo } from 'react'
import { SchemaForm, type SchemaFormProps } from './schema-form.tsx'
import { credentialLooks, partial, withoutOthers } from './secrets.ts'

interface CredentialFormProps extends Omit<SchemaFormProps, 'ui' | 'stand' | 'onChange'> {
  /** Changes one that is stored: nothing of it is needed. */
  isPartial?: boolean
  onChange(value: unknown): void
}

/** Asks for a credential: where there are kinds of it, for the kind first and then for what belongs to it. */
export function CredentialForm({ schema, isPartial = false, onChange, ...rest }: CredentialFormProps) {
  const drawn = useMemo(() => (isPartial ? partial(schema) : schema), [schema, isPartial])
  const looks = useMemo(() => credentialLooks(schema), [schema])
  return <SchemaForm schema={drawn} ui={looks} onChange={(next) => { onChange(withoutOthers(schema, next as Record<string, unknown>)) }} {...rest} />
}
