/** Tables for people, JSON for programs. */
import type { Command } from 'commander'

export interface Column<Row> { title: string, value(row: Row): string | number | null | undefined }

export function isJson(command: Command): boolean {
  return Boolean(command.optsWithGlobals()['json'])
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Prints rows as a table, or `whole` as JSON where that was asked for. */
export async function printRows<Row>(command: Command, rows: Row[], columns: Column<Row>[], whole: unknown = rows): Promise<void> {
  if (isJson(command)) {
    printJson(whole)
    return
  }
  if (rows.length === 0) {
    process.stdout.write('Nothing found.\n')
    return
  }
  // Loaded here only: most runs of the command print no table.
  const { default: Table } = await import('cli-table3')
  const plain = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' }
  const table = new Table({ head: columns.map(({ title }) => title), chars: plain, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } })
  table.push(...rows.map((row) => columns.map(({ value }) => printable(value(row)))))
  process.stdout.write(`${table.toString().split('\n').map((line) => line.trimEnd()).join('\n')}\n`)
}

/** Names come from elsewhere: no control character of theirs may reach the terminal. */
export function printable(value: string | number | null | undefined): string {
  return String(value ?? '–').replace(/[\u0000-\u001f\u007f-\u009f]/g, '·').slice(0, 120)
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]]

/** For instance `5 minutes ago`. */
export function ago(time: string | null | undefined, now = Date.now()): string {
  if (!time) return '–'
  const seconds = (new Date(time).getTime() - now) / 1000
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.trunc(seconds / size), unit)
}
