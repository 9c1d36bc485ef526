import { Accordion, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { errorAt, errorsBelow } from '../../../components/form/problem-errors.ts'
import { readable } from '../../../components/form/readable.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import { Tags } from '../../../components/form/tags.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { useRows } from '../../../hub/queries.ts'
import { useApiSchema, type Schema } from '../../../hub/api-schema.ts'
import { texts } from '../texts.ts'
import type { EndpointDraft } from './draft.ts'
import { Preview } from './preview.tsx'
import { Programs } from './programs.tsx'

interface EndpointFormProps { draft: EndpointDraft, change(part: Partial<EndpointDraft>): void, error: Error | null, disabled?: boolean }

/** All settings of an endpoint. What matters first stands open; the rest has defaults. */
export function EndpointForm({ draft, change, error, disabled = false }: EndpointFormProps) {
  const { rows: types } = useRows('/api/v1/event-types', { query: { limit: 500 } })
  return (
    <Stack gap="sm">
      <TextInput label={texts.name} value={draft.name} disabled={disabled} error={errorAt(error, '/name')} onChange={(event) => { change({ name: event.currentTarget.value }) }} />
      <TextInput label={texts.url} description={texts.urlHelp} type="url" placeholder="https://example.com/hooks" value={draft.url} disabled={disabled} error={errorAt(error, '/url')} onChange={(event) => { change({ url: event.currentTarget.value }) }} />
      <Tags label={texts.eventTypes} description={texts.eventTypesHelp} placeholder={draft.subscribedEvents.length === 0 ? 'order.*' : ''} acceptValueOnBlur limit={50} maxDropdownHeight={260} data={[...new Set(types?.map(({ type }) => type))]} value={draft.subscribedEvents} disabled={disabled} splitChars={[',', ' ']}
        error={errorAt(error, '/events') ?? errorAt(error, '/events/subscribedEvents')} onChange={(subscribedEvents) => { change({ subscribedEvents }) }} />
      <Textarea label={texts.description} value={draft.description} disabled={disabled} error={errorAt(error, '/description')} onChange={(event) => { change({ description: event.currentTarget.value }) }} />
      <Accordion multiple variant="separated" chevronPosition="left">
        <Accordion.Item value="programs">
          <Accordion.Control>{texts.filtersTitle}<Hint>{texts.filtersText}</Hint></Accordion.Control>
          <Accordion.Panel>
            <Stack gap="sm">
              <Programs label={texts.filters} help={texts.filtersHelp} example=".data.amount > 100" add={texts.addFilter} pointer="/events/eventFilters" error={error} value={draft.eventFilters} disabled={disabled} onChange={(eventFilters) => { change({ eventFilters }) }} />
              <Programs label={texts.transformations} help={texts.transformationsHelp} example="{ text: .type, total: .data.amount }" add={texts.addTransformation} pointer="/events/eventTransformations" error={error} value={draft.eventTransformations} disabled={disabled} onChange={(eventTransformations) => { change({ eventTransformations }) }} />
              {!disabled && <Preview draft={draft} />}
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
        <GroupForm group="security" title={texts.security} text={texts.securityText} draft={draft} change={change} error={error} disabled={disabled} />
        <GroupForm group="delivery" title={texts.delivery} text={texts.deliveryText} draft={draft} change={change} error={error} disabled={disabled} />
      </Accordion>
    </Stack>
  )
}

function Hint({ children }: { children: string }) {
  return <Text size="xs" c="dimmed">{children}</Text>
}

/** Kept by the hub; a rotation has a way of its own. */
const notSet = new Set(['publicKey', 'previousSecretUntil'])
const hidden = { 'ui:widget': 'password', 'ui:options': { autocomplete: 'off' } }
const looks: Record<'security' | 'delivery', Schema> = {
  security: { secret: hidden, authentication: { type: { 'ui:widget': 'hidden' }, password: hidden, token: hidden, clientSecret: hidden } }, delivery: {},
}

function GroupForm({ group, title, text, draft, change, error, disabled }: Required<EndpointFormProps> & { group: 'security' | 'delivery', title: string, text: string }) {
  const query = useApiSchema('WebhookInput')
  return (
    <Accordion.Item value={group}>
      <Accordion.Control>{title}<Hint>{text}</Hint></Accordion.Control>
      <Accordion.Panel>
        <Loaded query={query}>{(fields) => <SchemaForm idPrefix={group} schema={readable(fieldsOf(fields[group]!, draft[group]))} ui={looks[group]} value={draft[group]} disabled={disabled} errors={errorsBelow(error, `/${group}`)} onChange={(value) => { change({ [group]: value as Schema }) }} />}</Loaded>
      </Accordion.Panel>
    </Accordion.Item>
  )
}

/** What is read of a secret is no secret: there is nothing to see or to change in it, and a rotation replaces it. */
function fieldsOf(schema: Schema, { secret }: Schema): Schema {
  const isStored = typeof secret === 'string' && secret.includes('…')
  return { ...schema, properties: Object.fromEntries(Object.entries(schema['properties'] as Schema).filter(([name]) => !notSet.has(name) && (name !== 'secret' || !isStored))) }
}
