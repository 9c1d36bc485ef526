/** Numbers and times, as the reader's language writes them. */
const number = new Intl.NumberFormat()
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const clockExact = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' })

/** For what is not there. */
export const NONE = '–'

export const formatNumber = (value: number | null | undefined): string => (value === null || value === undefined ? NONE : number.format(value))
export const formatCompact = (value: number | null | undefined): string => (value === null || value === undefined ? NONE : Math.abs(value) < 10_000 ? number.format(value) : compact.format(value))

/** With one decimal. */
export const formatPercent = (value: number | null | undefined): string => (value === null || value === undefined ? NONE : `${value.toLocaleString(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} %`)

export function formatMs(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  if (value >= 60_000) return `${(value / 60_000).toLocaleString(undefined, { maximumFractionDigits: 1 })} min`
  if (value >= 1000) return `${(value / 1000).toLocaleString(undefined, { maximumFractionDigits: 2 })} s`
  return `${value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 })} ms`
}

const sizes = ['B', 'KB', 'MB', 'GB', 'TB']
export function formatBytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  const step = Math.min(sizes.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10))
  return `${(value / 1024 ** step).toLocaleString(undefined, { maximumFractionDigits: step === 0 ? 0 : 1 })} ${sizes[step]}`
}

export const formatExact = (time: string | number | Date): string => exact.format(new Date(time))
export const formatClock = (time: string | number | Date): string => clock.format(new Date(time))
export const formatClockExact = (time: string | number | Date): string => clockExact.format(new Date(time))
export const formatDay = (time: string | number | Date): string => day.format(new Date(time))

const steps: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]]
export function formatAgo(time: string | number | Date, now: number): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000)
  if (Math.abs(seconds) < 5) return relative.format(0, 'second')
  const [unit, length] = steps.find(([, each]) => Math.abs(seconds) >= each)!
  return relative.format(Math.trunc(seconds / length), unit)
}
