import { Group, List, Select, Text } from '@mantine/core'
import { Loaded } from '../../../components/loading.tsx'
import { Section } from '../../../components/section.tsx'
import type { FlowDiff } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { useUrl } from '../../../routing/url.ts'
import { texts } from '../texts.ts'
import { DiffLines } from './diff-lines.tsx'

/** Two versions compared, which are in the URL; the two highest unless it says others. */
export function Difference({ flowId, versions }: { flowId: string, versions: string[] }) {
  const [{ from = versions[1], to = versions[0] }, setUrl] = useUrl<'from' | 'to'>()
  const isComparable = versions.length > 1 && from !== undefined && to !== undefined
  const query = useGet('/api/v1/flows/{flow}/diff', { path: { flow: flowId }, query: { from, to } }, { enabled: isComparable, keepPrevious: true })
  if (!isComparable) return <Text size="sm" c="dimmed">{texts.oneVersion}</Text>
  const choice = (label: string, value: string, name: 'from' | 'to') => <Select aria-label={label} w={130} allowDeselect={false} data={versions} value={value} onChange={(next) => { setUrl({ [name]: next ?? undefined }) }} />
  return (
    <Section title={texts.difference} actions={<Group gap="xs">{choice(texts.compareFrom, from, 'from')}<span aria-hidden>→</span>{choice(texts.compareTo, to, 'to')}</Group>}>
      <Loaded query={query}>{(diff) => <DiffView diff={diff} />}</Loaded>
    </Section>
  )
}

const tones: Record<FlowDiff['tasks'][number]['change'], string> = { added: 'good', removed: 'bad', changed: 'warn', moved: 'accent' }

function DiffView({ diff: { same, tasks, document, text } }: { diff: FlowDiff }) {
  return (
    <>
      {same && <Text size="sm">{texts.sameContent}</Text>}
      {tasks.length > 0 && (
        <List size="sm" spacing={2}>
          {tasks.map(({ change, task, members = [] }) => <List.Item key={`${change} ${task}`}><span style={{ color: `var(--app-${tones[change]})` }}>{texts.changes[change]}</span> <code>{task}</code> {members.length > 0 && <Text span size="xs" c="dimmed">{members.join(', ')}</Text>}</List.Item>)}
        </List>
      )}
      {document.length > 0 && <Text size="sm">{texts.documentChanges}: <code>{document.join(', ')}</code></Text>}
      <DiffLines label={texts.lines} text={text} />
    </>
  )
}
