/** Fields of what a document keeps under `use`, and of the same where it is written at a task. */
import { memberOf } from '../graph/tasks.ts'
import { texts } from '../texts.ts'
import { field, type Field, type Variants } from './field.ts'

const { fields: labels, fieldHelp: help } = texts

const base = 'https://serverlessworkflow.io/spec/1.0.0/errors/'
export const errorTypes = ['runtime', 'communication', 'timeout', 'validation', 'configuration', 'expression', 'authentication', 'authorization'].map((name) => base + name)

export function errorFields(path: string): Field[] {
  return [
    field(`${path}/type`, labels.errorType, 'text', { required: true, suggestions: errorTypes }), field(`${path}/status`, labels.errorStatus, 'integer', { required: true }),
    field(`${path}/title`, labels.errorTitle, 'line'), field(`${path}/detail`, labels.errorDetail, 'line'),
  ]
}

const growths: Variants = {
  constant: { label: labels.constant, start: {} }, linear: { label: labels.linear, start: {} }, exponential: { label: labels.exponential, start: {} },
}

export function retryFields(path: string, policy: unknown): Field[] {
  return [
    field(`${path}/limit/attempt/count`, labels.attempts, 'integer', { help: help.attempts }), field(`${path}/delay`, labels.delay, 'duration'), field(`${path}/backoff`, labels.backoff, { variants: growths }),
    ...memberOf(policy, 'jitter') === undefined ? [] : [field(`${path}/jitter/from`, labels.jitterFrom, 'duration'), field(`${path}/jitter/to`, labels.jitterTo, 'duration')],
    field(`${path}/limit/attempt/duration`, labels.attemptDuration, 'duration'), field(`${path}/limit/duration`, labels.limitDuration, 'duration'),
    field(`${path}/when`, labels.when, 'jq', { help: help.retryWhen, moment: 'caught' }), field(`${path}/exceptWhen`, labels.exceptWhen, 'jq', { moment: 'caught' }),
  ]
}

export const timeoutFields = (path: string): Field[] => [field(`${path}/after`, labels.timeoutAfter, 'duration', { required: true, help: help.duration })]
