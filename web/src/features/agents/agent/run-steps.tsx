import { Alert, Anchor, Group, Stack, Text } from '@mantine/core'
import { Bot, Wrench } from 'lucide-react'
import { ValueView } from '../../../components/code/value-view.tsx'
import { Facts } from '../../../components/facts.tsx'
import { Loaded } from '../../../components/loading.tsx'
import type { Crumb } from '../../../components/page.tsx'
import { Section } from '../../../components/section.tsx'
import { Status, type Tone } from '../../../components/status.tsx'
import type { Run } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { formatExact, formatMs, formatNumber } from '../../../lib/format.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { texts } from '../texts.ts'
import { stepsOf, type Step, type ToolCall, type Turn } from './steps.ts'

export const runTones: Record<Run['status'], Tone> = { pending: 'idle', running: 'accent', waiting: 'accent', suspended: 'warn', cancelled: 'idle', faulted: 'bad', completed: 'good' }

/** One run, step by step; notices of it keep it up to date. */
export function RunSteps({ id, list }: { id: string, list: Crumb }) {
  const query = useGet('/api/v1/runs/{id}', { path: { id } })
  return <Loaded query={query} list={list}>{(run) => <Shown run={run} />}</Loaded>
}

function Shown({ run }: { run: Run }) {
  const path = usePath()
  const { text, output, steps: count, tokens, cost } = (run.output ?? {}) as { text?: string, output?: unknown, steps?: number, tokens?: number, cost?: number }
  const { prompt } = (run.input ?? {}) as { prompt?: unknown }
  const steps = stepsOf(run)
  return (
    <Section title={texts.runTitle} text={formatExact(run.startedAt)} actions={<Anchor component={RouteLink} to={path(`runs/${run.id}`)} size="sm">{texts.asTasks}</Anchor>}>
      <Facts facts={[
        [texts.state, <Status key="s" tone={runTones[run.status]}>{texts.runStates[run.status]}</Status>], [texts.prompt, typeof prompt === 'string' && <span key="p" dir="auto" className="app-anywhere" style={{ whiteSpace: 'pre-wrap' }}>{prompt}</span>],
        [texts.stepsTaken, count !== undefined && formatNumber(count)], [texts.tokens, tokens !== undefined && formatNumber(tokens)], [texts.cost, cost !== undefined && cost > 0 && cost.toLocaleString(undefined, { maximumSignificantDigits: 3 })],
      ]} />
      {run.error !== undefined && <Alert color="red" variant="outline" title={texts.whyFailed} className="app-problem"><Text size="sm" className="app-anywhere">{run.error.detail ?? run.error.title}</Text></Alert>}
      <ol className="app-steps" aria-label={texts.steps}>{steps.map((step, at) => <li key={at}><OneStep step={step} /></li>)}</ol>
      {text !== undefined && <div><Text size="sm" fw={600}>{texts.answer}</Text><Text size="sm" dir="auto" className="app-anywhere" style={{ whiteSpace: 'pre-wrap' }}>{text}</Text></div>}
      {output !== undefined && output !== null && <ValueView value={output} label={texts.answer} />}
    </Section>
  )
}

const tookOf = ({ startedAt, endedAt }: Step): string => (endedAt === null ? texts.underWay : formatMs(new Date(endedAt).getTime() - new Date(startedAt).getTime()))

function OneStep({ step }: { step: Step }) {
  return step.kind === 'turn' ? <TurnStep step={step} /> : <ToolStep step={step} />
}

function Head({ icon, title, tone, word, facts, executionId }: { icon: React.ReactNode, title: string, tone: Tone, word: string, facts: string, executionId: string | undefined }) {
  const path = usePath()
  return (
    <Group gap="sm" wrap="wrap">
      {icon}<Text size="sm" fw={550} className="app-anywhere">{title}</Text><Status tone={tone}>{word}</Status><Text size="xs" c="dimmed">{facts}</Text>
      {executionId !== undefined && <Anchor component={RouteLink} to={path(`executions/${executionId}`)} size="xs">{texts.execution}</Anchor>}
    </Group>
  )
}

function TurnStep({ step }: { step: Turn }) {
  const tokens = step.tokensIn === undefined ? [] : [texts.tokensUsed(formatNumber(step.tokensIn), formatNumber(step.tokensOut ?? 0))]
  return (
    <Stack gap={4}>
      <Head icon={<Bot size={15} aria-hidden />} title={texts.modelAsked} tone={runTones[step.status]} word={texts.runStates[step.status]} facts={[tookOf(step), ...tokens].join(' · ')} executionId={step.executionId} />
      {step.text !== '' && <Text size="sm" dir="auto" className="app-anywhere" style={{ whiteSpace: 'pre-wrap' }}>{step.text}</Text>}
      {step.wants.length > 0 && <Text size="sm" c="dimmed" className="app-anywhere">{texts.wants(step.wants.join(', '))}</Text>}
      {step.error !== undefined && <Text size="sm" className="app-anywhere" style={{ color: 'var(--app-bad)' }}>{step.error}</Text>}
    </Stack>
  )
}

function ToolStep({ step }: { step: ToolCall }) {
  const isBad = step.isError || step.status === 'faulted'
  return (
    <Stack gap={4}>
      <Head icon={<Wrench size={15} aria-hidden />} title={step.name || texts.tool} tone={isBad ? 'bad' : runTones[step.status]} word={isBad ? texts.toolFailed : texts.runStates[step.status]} facts={tookOf(step)} executionId={step.executionId} />
      {step.error !== undefined && <Text size="sm" className="app-anywhere" style={{ color: 'var(--app-bad)' }}>{step.error}</Text>}
      <details><summary><Text span size="sm" c="dimmed">{texts.givenAndGot}</Text></summary><Stack gap="xs" mt="xs"><ValueView value={step.arguments ?? {}} label={texts.given} /><ValueView value={step.answer ?? null} label={texts.got} /></Stack></details>
    </Stack>
  )
}
