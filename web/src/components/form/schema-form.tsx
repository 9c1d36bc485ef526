import { Skeleton, Stack } from '@mantine/core'
import { Suspense, type ComponentType } from 'react'
import { lazily } from '../lazily.ts'
import { texts } from '../texts.ts'

export interface SchemaFormProps {
  /** JSON Schema, 2020-12. */
  schema: Record<string, unknown>
  value: unknown
  onChange(value: unknown): void
  /** What the hub said of the fields; pointers into `value`. */
  errors?: { pointer: string, detail: string }[]
  /** RJSF's hints for how fields look. */
  ui?: Record<string, unknown>
  /** Apart where two forms stand on one page. */
  idPrefix?: string
  disabled?: boolean
  /** The first field has the keyboard once the form is there, unless something else has it by then. */
  autoFocus?: boolean
  /** Lets a text of its own stand in each field instead of a value of the field's type. */
  stand?: StandIn
}

/** What begins with `opening` is shown by `View`, whatever its field's type is. */
export interface StandIn { opening: string, start: string, choose(label: string): string, leave: string, View: ComponentType<StandInViewProps> }
export interface StandInViewProps { label: string, value: string, onChange(value: string): void }

const Loaded = lazily(async () => (await import('./schema-form-lazy.tsx')).SchemaFormLazy)

/** A form drawn from a schema. */
export function SchemaForm(props: SchemaFormProps) {
  return <Suspense fallback={<Stack gap="sm" className="app-coming" role="status" aria-busy aria-label={texts.loading}>{Array.from({ length: Math.min(20, fieldsIn(props.schema)) }, (_, at) => <Skeleton key={at} height={64} />)}</Stack>}><Loaded {...props} /></Suspense>
}

/** So that what stands below is hardly moved when the form is there. */
function fieldsIn({ properties }: SchemaFormProps['schema']): number {
  if (properties === undefined) return 1
  return Object.values(properties as Record<string, SchemaFormProps['schema']>).reduce((sum, each) => sum + fieldsIn(each), 0)
}
