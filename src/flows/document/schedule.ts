/** When a flow begins by itself, and Interchange's own settings of it. */
import { Cron } from 'croner'
import { z } from 'zod'
import { fieldErrors } from '../../lib/zod-errors.ts'
import { checkDuration } from './values.ts'
import type { Report } from './finding.ts'
import { memberOf, type Members } from './tasks.ts'

/** `document.metadata.interchange`: what the standard has no words for stands there, so that the document stays valid for everyone. */
const flowSettings = z.strictObject({
  concurrency: z.number().int().min(1).max(100_000).optional().describe('Runs at the same time; further ones wait.'),
  orderBy: z.string().min(1).optional().describe('jq over the input: runs with the same key go one after another.'),
  idempotencyBy: z.string().min(1).optional().describe('jq over the input: a second run with the same key is the first.'),
  lifecycleEvents: z.enum(['none', 'workflow', 'tasks']).optional().describe("Which of the standard's CloudEvents about its runs are published."),
  timezone: z.string().refine(isTimeZone, 'is no time zone such as Europe/Berlin').optional().describe('Of `schedule.cron`.'),
  triggers: z.array(z.union([
    z.strictObject({ webhook: z.strictObject({ source: z.string().min(1).max(200).describe('Name or id of a webhook source.'), respond: z.boolean().optional().describe("Answer with the run's output."), timeout: z.unknown().optional().describe('How long the sender is kept waiting for it: a duration, 30 seconds unless said otherwise.') }) }),
    z.strictObject({ poll: z.strictObject({
      integration: z.string().min(1).max(200).describe('Name or id.'), operation: z.string().min(1).max(500).optional().describe("Without one, the connector's own poll is asked."),
      input: z.record(z.string(), z.unknown()).optional().describe("The operation's input."), items: z.string().min(1).optional().describe("jq over the operation's answer: each output is an item. Default `.[]`."),
      id: z.string().min(1).optional().describe('jq over an item: what tells it from others. Default `.id`.'), interval: z.unknown().optional().describe('A duration; a minute unless said otherwise.'),
      from: z.enum(['now', 'beginning']).optional().describe('Whether what the first poll finds begins runs too. Default `now`: it does not.'),
    }) }),
  ])).max(20).optional(),
  tool: z.strictObject({
    title: z.string().max(200).optional(), readOnly: z.boolean().optional().describe('It changes nothing.'), destructive: z.boolean().optional().describe('It may destroy what was there.'),
    idempotent: z.boolean().optional(), openWorld: z.boolean().optional(),
  }).optional().describe('What agents are told of it as a tool.'),
})

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export function checkSettings({ document }: Members, report: Report): void {
  const settings = memberOf(memberOf(document, 'metadata'), 'interchange')
  if (settings === undefined) return
  const { error } = flowSettings.safeParse(settings)
  for (const { pointer, detail } of error === undefined ? [] : fieldErrors(error, '/document/metadata/interchange')) report({ severity: 'error', code: 'setting', pointer, detail, at: detail.includes('not a known') ? 'key' : 'value' })
}

export function checkSchedule({ schedule, document }: Members, report: Report): void {
  const { every, cron, on } = (typeof schedule === 'object' && schedule !== null ? schedule : {}) as Members
  checkGathering(on, report)
  const fault = (member: string, detail: string): void => { report({ severity: 'error', code: 'invalid_schedule', pointer: `/schedule/${member}`, detail }) }
  if (every !== undefined) {
    checkDuration(every, '/schedule/every', report)
    if (isNothing(every)) fault('every', 'is no time at all')
  }
  if (typeof cron !== 'string') return
  try {
    const timezone = memberOf(memberOf(memberOf(document, 'metadata'), 'interchange'), 'timezone')
    const job = new Cron(cron, { paused: true, mode: 'auto', ...typeof timezone === 'string' && isTimeZone(timezone) && { timezone } })
    if (job.nextRun() === null) fault('cron', 'never comes')
  } catch (error) {
    fault('cron', `is no cron expression such as "0 8 * * 1-5": ${(error as Error).message.replace(/^CronPattern: /, '')}`)
  }
}

/** Several events that begin a run together must be linked by the same values: one without a value that others have could belong to any of them. */
function checkGathering(on: unknown, report: Report): void {
  const [all, any, until] = ['all', 'any', 'until'].map((name) => memberOf(on, name))
  if (all === undefined && until === undefined) return
  const fault = (pointer: string, detail: string): void => { report({ severity: 'error', code: 'invalid_schedule', pointer: `/schedule/on${pointer}`, detail }) }
  if (Array.isArray(all) && all.length === 0) fault('/all', 'names no event, so that nothing would ever begin it')
  const own = [...placedFilters(all, '/all'), ...placedFilters(any, '/any')]
  const [first] = own
  const wanted = first === undefined ? '' : linksOf(first.filter)
  for (const { filter, pointer } of own) if (linksOf(filter) !== wanted) fault(pointer, `must correlate by the same names as the first one does (${wanted || 'none'})`)
  for (const { filter, pointer } of ['one', 'all', 'any'].flatMap((name) => placedFilters(memberOf(until, name), `/until/${name}`))) {
    if (linksOf(filter) !== '' && linksOf(filter) !== wanted) fault(pointer, `must correlate by the same names as what it ends (${wanted || 'none'}), or by none`)
  }
}

function placedFilters(filters: unknown, pointer: string): { filter: unknown, pointer: string }[] {
  if (Array.isArray(filters)) return filters.map((filter: unknown, index) => ({ filter, pointer: `${pointer}/${index}` }))
  return typeof filters === 'object' && filters !== null ? [{ filter: filters, pointer }] : []
}

function linksOf(filter: unknown): string {
  const correlate = memberOf(filter, 'correlate')
  return Object.entries(typeof correlate === 'object' && correlate !== null ? correlate : {}).filter(([, each]) => memberOf(each, 'expect') === undefined).map(([name]) => name).sort().join(', ')
}

function isNothing(duration: unknown): boolean {
  if (typeof duration === 'string') return /^P[\d.YMWDTHS]*$/.test(duration) && !/[1-9]/.test(duration)
  return typeof duration === 'object' && duration !== null && Object.values(duration).every((amount) => amount === 0)
}
