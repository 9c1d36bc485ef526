import { List, Text } from '@mantine/core'
import { Cron } from 'croner'
import { toString as inWords } from 'cronstrue'
import { texts } from '../texts.ts'

const SHOWN = 4

/** What a cron expression says, and when it is due next: read as the hub reads it. What it refuses is told by the findings, too. */
export function CronExplained({ expression, timezone }: { expression: string, timezone: string }) {
  const { words, due, fault } = explain(expression, timezone)
  if (fault !== undefined) return <Text size="xs" role="status" className="app-anywhere" style={{ color: 'var(--app-bad)' }}>{fault}</Text>
  const written = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', ...expression.trim().split(/\s+/).length > 5 && { second: '2-digit' }, timeZone: timezone })
  return (
    <div role="status">
      <Text size="sm">{words}</Text>
      <Text size="xs" c="dimmed">{texts.nextDue(timezone)}</Text>
      <List size="xs" aria-label={texts.nextDue(timezone)}>{due.map((time) => <List.Item key={time.getTime()}><time dateTime={time.toISOString()} className="app-num">{written.format(time)}</time></List.Item>)}</List>
    </div>
  )
}

function explain(expression: string, timezone: string): { words: string, due: Date[], fault?: string } {
  try {
    const due = new Cron(expression, { paused: true, timezone, mode: 'auto' }).nextRuns(SHOWN)
    return { words: wordsOf(expression), due, ...due.length === 0 && { fault: texts.neverDue } }
  } catch (error) {
    return { words: '', due: [], fault: (error as Error).message.replace(/^CronPattern: /, '') }
  }
}

/** What one library reads, the other may not have words for. */
function wordsOf(expression: string): string {
  try {
    return inWords(expression, { use24HourTimeFormat: true, verbose: true })
  } catch {
    return expression
  }
}
