import { Group, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { Editor } from '../../../components/code/editor.tsx'
import { errorAt } from '../../../components/form/problem-errors.ts'
import { Section } from '../../../components/section.tsx'
import type { Agent } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'
import { ToolPicker } from './tool-picker.tsx'

export type AgentDraft = Pick<Agent, 'description' | 'model' | 'instructions' | 'tools' | 'maxSteps' | 'budget'> & { name: string, outputSchema: string }

export const emptyDraft: AgentDraft = { name: '', description: '', model: { integration: '' }, instructions: '', tools: { operations: [], flows: [] }, maxSteps: 20, budget: {}, outputSchema: '' }

export function draftOf({ name, description, model, instructions, tools, maxSteps, budget, outputSchema }: Agent): AgentDraft {
  return { name, description, model, instructions, tools, maxSteps, budget, outputSchema: outputSchema === undefined ? '' : JSON.stringify(outputSchema, null, 2) }
}

/** As the API takes it; undefined where the output's schema is no JSON. */
export function settingsOf({ name: _name, outputSchema, ...settings }: AgentDraft): Omit<AgentDraft, 'name' | 'outputSchema'> & { outputSchema?: Record<string, unknown> } | undefined {
  if (outputSchema.trim() === '') return settings
  try {
    return { ...settings, outputSchema: JSON.parse(outputSchema) as Record<string, unknown> }
  } catch {
    return undefined
  }
}

interface AgentFormProps { draft: AgentDraft, change(part: Partial<AgentDraft>): void, error: Error | null, isNew: boolean, isReadOnly: boolean }

export function AgentForm({ draft, change, error, isNew, isReadOnly }: AgentFormProps) {
  const { name, description, instructions, tools } = draft
  return (
    <Stack gap="md">
      <Section title={texts.what}>
        {isNew && <TextInput label={texts.name} description={texts.agentNameHelp} autoFocus value={name} error={errorAt(error, '/name')} onChange={(event) => { change({ name: event.currentTarget.value }) }} />}
        <TextInput label={texts.description} description={texts.descriptionHelp} readOnly={isReadOnly} value={description} error={errorAt(error, '/description')} onChange={(event) => { change({ description: event.currentTarget.value }) }} />
        <Textarea label={texts.instructions} description={texts.instructionsHelp} autosize minRows={4} maxRows={16} readOnly={isReadOnly} value={instructions} error={errorAt(error, '/instructions')} onChange={(event) => { change({ instructions: event.currentTarget.value }) }} />
      </Section>
      <Model draft={draft} change={change} error={error} isReadOnly={isReadOnly} />
      <Section title={texts.tools} text={texts.toolsChoose}><ToolPicker value={tools} onChange={(next) => { change({ tools: next }) }} error={error} isReadOnly={isReadOnly} /></Section>
      <Limits draft={draft} change={change} error={error} isReadOnly={isReadOnly} />
    </Stack>
  )
}

type PartProps = Omit<AgentFormProps, 'isNew'>
const numberOf = (value: number | string): number | undefined => (typeof value === 'number' ? value : undefined)

function Model({ draft: { model }, change, error, isReadOnly }: PartProps) {
  const path = usePath()
  const { rows } = useRows('/api/v1/integrations', { query: { connector: 'ai-service', limit: 500 } })
  const known = (rows ?? []).map(({ id, name }) => ({ value: id, label: name }))
  // Agents made elsewhere may name it by its name.
  const chosen = rows?.find(({ id, name }) => id === model.integration || name === model.integration)?.id ?? (model.integration === '' ? null : model.integration)
  const data = chosen === null || known.some(({ value }) => value === chosen) ? known : [...known, { value: chosen, label: chosen }]
  const set = (part: Partial<typeof model>): void => { change({ model: { ...model, ...part } }) }
  return (
    <Section title={texts.model} text={rows?.length === 0 ? <>{texts.noModels} <RouteLink to={path('integrations/new', { connector: 'ai-service' })} style={{ color: 'var(--mantine-color-anchor)' }}>{texts.addModel}</RouteLink></> : texts.modelText}>
      <Group grow align="flex-start">
        <Select label={texts.modelIntegration} placeholder={texts.chooseModel} disabled={isReadOnly} data={data} value={chosen} error={errorAt(error, '/model/integration') ?? errorAt(error, '/model')} onChange={(next) => { if (next !== null) set({ integration: next }) }} />
        <TextInput label={texts.modelName} description={texts.modelNameHelp} readOnly={isReadOnly} value={model.model ?? ''} error={errorAt(error, '/model/model')} onChange={(event) => { set({ model: event.currentTarget.value || undefined as never }) }} />
      </Group>
    </Section>
  )
}

function Limits({ draft: { maxSteps, budget, outputSchema }, change, error, isReadOnly }: PartProps) {
  const set = (part: Partial<typeof budget>): void => { change({ budget: Object.fromEntries(Object.entries({ ...budget, ...part }).filter(([, value]) => value !== undefined)) }) }
  const prices = (part: object): void => { set({ prices: { inputPerMillion: 0, outputPerMillion: 0, ...budget.prices, ...part } }) }
  return (
    <Section title={texts.limits} text={texts.limitsText}>
      <Group grow align="flex-start">
        <NumberInput label={texts.maxSteps} min={1} max={200} readOnly={isReadOnly} value={maxSteps} error={errorAt(error, '/maxSteps')} onChange={(next) => { change({ maxSteps: numberOf(next) ?? 20 }) }} />
        <NumberInput label={texts.budgetTokens} min={1} readOnly={isReadOnly} thousandSeparator="," value={budget.tokens ?? ''} error={errorAt(error, '/budget/tokens')} onChange={(next) => { set({ tokens: numberOf(next) as never }) }} />
      </Group>
      <details open={budget.cost !== undefined}>
        <summary><Text span size="sm" c="dimmed">{texts.budgetMoney}</Text></summary>
        <Group grow align="flex-start" mt="xs">
          <NumberInput label={texts.budgetCost} min={0} readOnly={isReadOnly} value={budget.cost ?? ''} error={errorAt(error, '/budget/cost')} onChange={(next) => { set({ cost: numberOf(next) as never }) }} />
          <NumberInput label={texts.priceIn} min={0} readOnly={isReadOnly} value={budget.prices?.inputPerMillion ?? ''} error={errorAt(error, '/budget/prices')} onChange={(next) => { prices({ inputPerMillion: numberOf(next) ?? 0 }) }} />
          <NumberInput label={texts.priceOut} min={0} readOnly={isReadOnly} value={budget.prices?.outputPerMillion ?? ''} onChange={(next) => { prices({ outputPerMillion: numberOf(next) ?? 0 }) }} />
        </Group>
      </details>
      <details open={outputSchema !== ''}>
        <summary><Text span size="sm" c="dimmed">{texts.outputSchema}</Text></summary>
        <Stack gap={4} mt="xs"><Text size="xs" c="dimmed">{texts.outputSchemaHelp}</Text><Editor language="json" label={texts.outputSchema} value={outputSchema} onChange={(next) => { change({ outputSchema: next }) }} minHeight={120} /></Stack>
      </details>
    </Section>
  )
}
