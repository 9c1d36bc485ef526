/** Durations of the DSL, in milliseconds: ISO 8601 texts, or an object of units. */
import { fault } from './fault.ts'

const unitMs = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000, milliseconds: 1 }
/** A year and a month have no length of their own: taken as 365 and 30 days. */
const isoPattern = /^P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/
const isoMs = [365 * unitMs.days, 30 * unitMs.days, 7 * unitMs.days, unitMs.days, unitMs.hours, unitMs.minutes, unitMs.seconds]
/** A hundred years: beyond it dates end to be dates. */
const MAX_MS = 100 * 365 * unitMs.days

/** Throws FlowFault `configuration`. */
export function durationMs(duration: unknown): number {
  const ms = typeof duration === 'string' ? fromText(duration) : fromUnits(duration)
  if (ms === undefined || !Number.isFinite(ms) || ms < 0) throw fault('configuration', `${JSON.stringify(duration)?.slice(0, 200) ?? 'Nothing'} is no duration: take an ISO 8601 text such as PT15S, or an object of days, hours, minutes, seconds, milliseconds.`)
  return Math.min(ms, MAX_MS)
}

function fromText(text: string): number | undefined {
  const match = isoPattern.exec(text.trim())
  if (match === null || /^P$|T$/.test(text.trim())) return undefined
  return isoMs.reduce((sum, ms, index) => sum + ms * Number(match[index + 1] ?? 0), 0)
}

function fromUnits(duration: unknown): number | undefined {
  if (typeof duration !== 'object' || duration === null) return undefined
  let sum = 0
  for (const [unit, count] of Object.entries(duration)) {
    const ms = unitMs[unit.toLowerCase() as keyof typeof unitMs] as number | undefined
    if (ms === undefined || typeof count !== 'number') return undefined
    sum += ms * count
  }
  return sum
}
