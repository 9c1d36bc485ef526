import { Stack } from '@mantine/core'
import { useState } from 'react'
import { errorsBelow } from '../../../components/form/problem-errors.ts'
import { readable } from '../../../components/form/readable.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { Section } from '../../../components/section.tsx'
import { useApiSchema, type Schema } from '../../../hub/api-schema.ts'
import type { Integration } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { mergePatch } from '../../../lib/merge-patch.ts'
import { texts } from '../texts.ts'
import { SaveBar, useSaving } from './saving.tsx'

type Policy = keyof typeof texts.policyTexts

/** Drawn from the API's own description of them: its words are the help, its bounds the checks. */
export function PoliciesPart({ integration }: { integration: Integration }) {
  const query = useApiSchema('IntegrationInput')
  return <Loaded query={query}>{(schemas) => <Stack gap="md">{(Object.keys(texts.policyTexts) as Policy[]).map((policy) => <PolicyForm key={policy} policy={policy} schema={schemas[policy]!} integration={integration} />)}</Stack>}</Loaded>
}

/** Measured by the hub, or notes for people: no settings. */
const notSet: Record<string, string[]> = { monitoring: ['performance'], connection: ['authentication'] }

function valueOf(integration: Integration, policy: Policy): Schema {
  return Object.fromEntries(Object.entries(integration[policy] as Schema).filter(([name]) => !notSet[policy]?.includes(name)))
}

function PolicyForm({ policy, schema, integration }: { policy: Policy, schema: Schema, integration: Integration }) {
  const { can } = useTenant()
  const [value, setValue] = useState<unknown>(() => valueOf(integration, policy))
  const saving = useSaving(integration, (saved) => { setValue(valueOf(saved, policy)) })
  const isReadOnly = !can('integrations:write')
  const [title, text] = texts.policyTexts[policy]
  const shown = readable({ ...schema, properties: Object.fromEntries(Object.entries(schema['properties'] as Schema).filter(([name]) => !notSet[policy]?.includes(name))) })
  return (
    <Section title={title} text={text}>
      <SchemaForm idPrefix={policy} schema={shown} value={value} onChange={setValue} errors={errorsBelow(saving.mutation.error, `/${policy}`)} disabled={isReadOnly} />
      {!isReadOnly && <SaveBar saving={saving} change={() => ({ [policy]: mergePatch(valueOf(integration, policy), value) as Schema })} onTakeTheirs={(now) => { setValue(valueOf(now, policy)) }} />}
    </Section>
  )
}
