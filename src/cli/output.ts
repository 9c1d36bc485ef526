/**
 * Tables for people, JSON for programs. Names and answers come from elsewhere: no control character of theirs reaches
 * the terminal, nor one that changes the direction of what is read.
 */
import type { Command } from 'commander'
import type { Surroundings } from './surroundings.ts'

export interface Column<Row> { title: string, value(row: Row): string | number | null | undefined }

// Control characters (C0, DEL, C1); separators of lines and paragraphs; marks and overrides of direction.
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

export function isJson(command: Command): boolean {
  return Boolean(command.optsWithGlobals()['json'])
}

/** The same JSON value, whatever it holds. */
export function toJson(value: unknown): string {
  return JSON.stringify(value ?? null, null, 2).replace(unsafe, (character) => character === '\n' ? character : escaped(character))
}

/** JSON text on one line, its values as they are written there. */
export function jsonLine(text: string): string {
  // Bare ones stand between values only.
  return text.replace(/[\t\r\n]+/g, ' ').replace(unsafe, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

export function printJson({ stdout }: Surroundings, value: unknown): void {
  stdout.write(`${toJson(value)}\n`)
}

/** One line of at most `most` characters: whatever is in it is made harmless. */
export function printLine({ stdout }: Surroundings, text: string, most = 2000): void {
  stdout.write(`${cell(text, most)}\n`)
}

/** `value` as JSON where that was asked for, else the sentence. */
export function printOutcome(surroundings: Surroundings, command: Command, value: unknown, sentence: string): void {
  if (isJson(command)) printJson(surroundings, value)
  else printLine(surroundings, sentence)
}

/** `searchedUntil`: how far back a search came that is to be gone on with. */
export interface Page<Row> { data: Row[], nextCursor: string | null, searchedUntil?: string | null }

/** A page as a table, with how to get the next one; or whole, as JSON. */
export async function printPage<Row>(surroundings: Surroundings, command: Command, page: Page<Row>, columns: Column<Row>[]): Promise<void> {
  await printRows(surroundings, command, page.data, columns, page)
  if (page.searchedUntil && !isJson(command)) printLine(surroundings, `Searched back to ${page.searchedUntil}.`)
  if (page.nextCursor !== null && !isJson(command)) printLine(surroundings, `More with: --cursor ${page.nextCursor}`)
}

/** Rows as a table, or `whole` as JSON where that was asked for. */
export async function printRows<Row>(surroundings: Surroundings, command: Command, rows: Row[], columns: Column<Row>[], whole: unknown = rows): Promise<void> {
  if (isJson(command)) return printJson(surroundings, whole)
  if (rows.length === 0) return printLine(surroundings, 'Nothing found.')
  // Loaded here only: most runs of the command print no table.
  const { default: Table } = await import('cli-table3')
  const plain = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' }
  const table = new Table({ head: columns.map(({ title }) => title), chars: plain, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } })
  table.push(...rows.map((row) => columns.map(({ value }) => cell(value(row) ?? '–'))))
  surroundings.stdout.write(`${table.toString().split('\n').map((line) => line.trimEnd()).join('\n')}\n`)
}

/** One line of at most `most` characters, without anything that acts on a terminal. */
export function cell(value: string | number, most = 80): string {
  const characters = [...String(value).toWellFormed().replace(unsafe, '·')]
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`
}

/** Whether a name can be shown, and typed, as it is. */
export function isHarmless(text: string): boolean {
  return text.search(unsafe) === -1 && text.isWellFormed()
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]]

/** For instance `5 minutes ago`. */
export function ago(time: string | null | undefined, now = Date.now()): string {
  if (!time) return '–'
  const seconds = (new Date(time).getTime() - now) / 1000
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.trunc(seconds / size), unit)
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB']

/** For instance `1.5 kB`. */
export function size(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(bytes) / 3))
  return step === 0 ? `${bytes} B` : `${(bytes / 1000 ** step).toFixed(1)} ${sizes[step]}`
}
