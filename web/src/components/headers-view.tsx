import { Text } from '@mantine/core'
import { texts } from './texts.ts'

/** Headers as they went over the wire, closed at first. */
export function HeadersView({ headers }: { headers: Record<string, string | string[]> }) {
  const entries = Object.entries(headers)
  if (entries.length === 0) return null
  return (
    <details>
      <summary><Text span size="sm" c="dimmed">{texts.headers} ({entries.length})</Text></summary>
      <pre className="app-pre" tabIndex={0}>{entries.map(([name, value]) => `${name}: ${[value].flat().join(', ')}`).join('\n')}</pre>
    </details>
  )
}
