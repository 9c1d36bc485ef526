import { z } from 'zod'
import { HubError } from '../../../errors.ts'
import { moment } from '../../route.ts'

export const tag = 'Figures'

const DAY_MS = 86_400_000
const MOST_POINTS = 10_000
const stepMs = { minute: 60_000, hour: 3_600_000, day: DAY_MS }

export const range = {
  from: moment.optional().describe('Empty: a day before `to`.'),
  to: moment.optional().describe('Empty: now.'),
}
export const step = z.enum(['minute', 'hour', 'day'])

export function rangeOf({ from, to }: { from?: string | undefined, to?: string | undefined }): { from: Date, to: Date } {
  const end = to === undefined ? new Date() : new Date(to)
  return { from: from === undefined ? new Date(end.getTime() - DAY_MS) : new Date(from), to: end }
}

/** Throws HubError `invalid_request`. */
export function assertFewPoints({ from, to }: { from: Date, to: Date }, each: z.output<typeof step>): void {
  if ((to.getTime() - from.getTime()) / stepMs[each] <= MOST_POINTS) return
  throw new HubError('invalid_request', 'These are too many points. Take a longer `step`, or a shorter time.', { errors: [{ pointer: '?step', detail: `would make more than ${MOST_POINTS} points` }] })
}

export const counts = {
  calls: z.number().describe('That were sent to a service.'), succeeded: z.number(), failed: z.number(), refused: z.number().describe('That the hub did not send. They are not among `calls`.'),
}
export const rates = {
  ...counts,
  averageLatency: z.number().nullable().describe('ms; null without calls, like the rates.'),
  successRate: z.number().nullable().describe('Percent of the calls.'), errorRate: z.number().nullable(), throughput: z.number().describe('Calls a minute.'),
}
