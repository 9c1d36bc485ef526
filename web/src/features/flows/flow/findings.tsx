import { Group, Stack, Text } from '@mantine/core'
import type { EditorPlace } from '../../../components/code/editor.tsx'
import { Problem } from '../../../components/problem.tsx'
import { Status } from '../../../components/status.tsx'
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
      {findings.length > 0 && (
        <ul className="app-tasks" aria-label={texts.findingsLabel}>
          {findings.slice(0, MOST).map(({ severity, line, column, pointer, detail, code }, at) => (
            <li key={at}>
              <button type="button" className="app-finding" onClick={() => { onGo({ line, column }) }}>
                <span style={{ color: `var(--app-${severity === 'error' ? 'bad' : 'warn'})` }}>{texts.severities[severity]}</span>
                <span className="app-num">{texts.line(line)}</span>
                <span className="app-anywhere"><code>{pointer}</code> {detail} <Text span size="xs" c="dimmed">{code}</Text></span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  )
}
