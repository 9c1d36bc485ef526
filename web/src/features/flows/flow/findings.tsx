import { Group, Stack, Text } from '@mantine/core'
import type { EditorPlace } from '../../../components/code/editor.tsx'
import { Problem } from '../../../components/problem.tsx'
import { Status } from '../../../components/status.tsx'
import type { FlowFinding } from '../../../hub/client.ts'
import { texts } from '../texts.ts'
import type { Checked } from './use-validation.ts'

const MOST = 50

/** What is wrong with the document; each leads to its line. */
export function Findings({ checked: { findings, isChecking, error }, onGo }: { checked: Checked, onGo(place: EditorPlace): void }) {
  if (error !== null) return <Problem error={error} title={texts.checkFailed} />
  if (findings === undefined) return <Text size="sm" c="dimmed">{texts.checking}</Text>
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return (
    <Stack gap={6}>
      <Group gap="xs" role="status">
        <Status tone={errors > 0 ? 'bad' : findings.length > 0 ? 'warn' : 'good'}>{findings.length === 0 ? texts.valid : texts.findings(errors, findings.length - errors)}</Status>
        {isChecking && <Text size="xs" c="dimmed">{texts.checking}</Text>}
      </Group>
      {findings.length > 0 && <FindingList label={texts.findingsLabel} findings={findings} onGo={onGo} />}
    </Stack>
  )
}

/** Each leads to its line, where there is one to be seen. */
export function FindingList({ label, findings, onGo }: { label: string, findings: FlowFinding[], onGo?: (place: EditorPlace) => void }) {
  return (
    <ul className="app-tasks" aria-label={label}>
      {findings.slice(0, MOST).map((finding, at) => <li key={at}>{onGo === undefined ? <div className="app-finding"><Words of={finding} /></div> : <button type="button" className="app-finding" onClick={() => { onGo({ line: finding.line, column: finding.column }) }}><Words of={finding} /></button>}</li>)}
    </ul>
  )
}

function Words({ of: { severity, line, pointer, detail, code } }: { of: FlowFinding }) {
  return (
    <>
      <span style={{ color: `var(--app-${severity === 'error' ? 'bad' : 'warn'})` }}>{texts.severities[severity]}</span>
      <span className="app-num">{texts.line(line)}</span>
      <span className="app-anywhere"><code>{pointer}</code> {detail} <Text span size="xs" c="dimmed">{code}</Text></span>
    </>
  )
}
