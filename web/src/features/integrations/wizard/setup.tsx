import { Stack, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { errorAt, errorsBelow } from '../../../components/form/problem-errors.ts'
import { SchemaForm } from '../../../components/form/schema-form.tsx'
import { hasFields, hideSecrets, withoutBlanks } from '../../../components/form/secrets.ts'
import { Section } from '../../../components/section.tsx'
import { useAction } from '../../../hub/action.ts'
import type { Connector, Integration, IntegrationInput, Reply } from '../../../hub/client.ts'
import { randomName } from '../../../lib/random.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { CredentialsStep } from './credentials-step.tsx'
import { Done } from './done.tsx'
import { Progress, type Step } from './progress.tsx'
import { StepForm } from './step-form.tsx'
import { TestStep } from './test-step.tsx'
import { texts } from './texts.ts'

export interface Draft {
  name: string
  endpoint: string
  credentials: unknown
  credentialId: string | null
  /** The credential came by connecting an account here: further values that are typed belong to it. */
  isConnected: boolean
  configuration: unknown
}
export type Outcome = Reply<'POST', '/api/v1/integrations/{id}/test'>

/** What was typed stays here from step to step, and whatever the hub does meanwhile. */
export function Setup({ connector }: { connector: Connector }) {
  const path = usePath()
  const go = useGo()
  const [step, setStep] = useState<Step>('credentials')
  const [draft, setDraft] = useState<Draft>({ name: connector.name, endpoint: '', credentials: {}, credentialId: null, isConnected: false, configuration: {} })
  const [stored, setStored] = useState<Integration>()
  // Whatever was lost of an answer: the same, sent again, is not stored twice.
  const key = useKeyOf(draft)
  // Stored first and then tested: what is not right yet is mended in what is there, not stored a second time.
  const connect = useAction<void, Outcome>({
    async run({ hub }) {
      const input = inputOf(connector, draft)
      const { connector: _same, ...change } = input
      const further = withoutBlanks(draft.credentials)
      if (draft.isConnected && Object.keys(further).length > 0) await hub.patch('/api/v1/credentials/{id}', { path: { id: draft.credentialId! }, body: { credentials: further } })
      const integration = stored === undefined
        ? await hub.post('/api/v1/integrations', { query: { test: 'false' }, body: input, idempotencyKey: key })
        : await hub.patch('/api/v1/integrations/{id}', { path: { id: stored.id }, body: change })
      setStored(integration)
      return hub.post('/api/v1/integrations/{id}/test', { path: { id: integration.id }, body: {} })
    },
    changes: ['/api/v1/integrations', '/api/v1/overview', '/api/v1/credentials', '/api/v1/connectors', '/api/v1/figures'],
    done: ({ success }) => { if (success) setStep('done') },
  })
  const { error, data: outcome } = connect
  const turn = (next: Step): void => {
    if (next === 'choose') go(path('integrations/new'))
    else setStep(next)
  }
  const change = (part: Partial<Draft>): void => { setDraft({ ...draft, ...part }) }
  return (
    <Stack gap="md">
      <Progress step={step} onStep={turn} />
      {step === 'credentials' && <CredentialsStep connector={connector} draft={draft} change={change} error={error} onBack={() => { turn('choose') }} onNext={() => { setStep('configuration') }} />}
      {step === 'configuration' && <StepForm onBack={() => { setStep('credentials') }} onNext={() => { setStep('test') }} isIncomplete={draft.name.trim() === ''}><Configuration connector={connector} draft={draft} change={change} error={error} /></StepForm>}
      {step === 'test' && <TestStep connector={connector} draft={draft} error={error} outcome={outcome} isPending={connect.isPending} onBack={() => { setStep('configuration') }} onConnect={() => { connect.mutate() }} />}
      {step === 'done' && outcome !== undefined && <Done outcome={outcome} />}
    </Stack>
  )
}

function inputOf({ id }: Connector, { name, endpoint, credentials, credentialId, configuration }: Draft): IntegrationInput {
  const given = withoutBlanks(credentials)
  return {
    name: name.trim(), connector: id, configuration: withoutBlanks(configuration), ...endpoint.trim() !== '' && { connection: { endpoint: endpoint.trim() } },
    ...credentialId !== null ? { credentialId } : Object.keys(given).length > 0 && { credentials: given },
  }
}

export interface PartProps { connector: Connector, draft: Draft, change(part: Partial<Draft>): void, error: Error | null }

function Configuration({ connector, draft, change, error }: PartProps) {
  const schema = connector.configurationSchema
  const ownBase = 'baseUrl' in ((schema['properties'] ?? {}) as object)
  return (
    <Section title={texts.configuration}>
      <TextInput label={texts.name} description={texts.nameHelp} required withAsterisk={false} autoFocus value={draft.name} error={errorAt(error, '/name')} onChange={(event) => { change({ name: event.currentTarget.value }) }} />
      {!ownBase && connector.type !== 'smtp-email' && <TextInput label={texts.endpoint} description={connector.endpoints.length === 0 ? texts.endpointHelp : texts.endpointOptional} type="url" placeholder={connector.endpoints[0]} value={draft.endpoint} error={errorAt(error, '/connection/endpoint')} onChange={(event) => { change({ endpoint: event.currentTarget.value }) }} />}
      {hasFields(schema) && <SchemaForm idPrefix="configuration" schema={schema} ui={{ ...hideSecrets(schema), ...ownBase && connector.endpoints[0] !== undefined && { baseUrl: { 'ui:placeholder': connector.endpoints[0] } } }} value={draft.configuration} onChange={(configuration) => { change({ configuration }) }} errors={errorsBelow(error, '/configuration')} />}
    </Section>
  )
}

/** The same as long as the draft is. */
function useKeyOf(draft: Draft): string {
  const known = useRef({ draft, key: randomName() })
  if (known.current.draft !== draft) known.current = { draft, key: randomName() }
  return known.current.key
}
