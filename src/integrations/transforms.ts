/** jq over what goes in and comes out, and over failures. */
import { HubError } from '../errors.ts'
import { matchesAnyGlob } from '../lib/glob.ts'
import type { Jq } from '../lib/jq/jq.ts'
import type { DataHandling, ErrorMapping, Transform } from './settings.ts'

/** Runs the transforms that apply to the operation one after the other. `batchKey` is the tenant: a batch never mixes tenants. */
export async function applyTransforms(jq: Jq, transforms: Transform[], { operation, value, batchKey }: { operation: string, value: unknown, batchKey: string }): Promise<unknown> {
  let current = value
  for (const transform of transforms) {
    const { expression, operations } = typeof transform === 'string' ? { expression: transform, operations: ['*'] } : transform
    if (matchesAnyGlob(operations, operation)) current = await jq.first(expression, current ?? null, { batchKey })
  }
  return current
}

export interface Failure { code: string, message: string, statusCode: number | undefined, body: unknown, operation: string }
export interface MappedFailure { type?: string, message?: string, recoverable?: boolean, data?: { value: unknown } }

/** What the first mapping that fits makes of the failure; undefined where none fits. */
export async function mapError(jq: Jq, mappings: ErrorMapping[], failure: Failure, batchKey: string): Promise<MappedFailure | undefined> {
  for (const mapping of mappings) {
    const fits = await jq.first(mapping.when, failure, { batchKey })
    if (fits === false || fits === null || fits === undefined) continue
    return {
      ...mapping.type !== undefined && { type: mapping.type },
      ...mapping.recoverable !== undefined && { recoverable: mapping.recoverable },
      ...mapping.message !== undefined && { message: asText(await jq.first(mapping.message, failure, { batchKey })) },
      ...mapping.data !== undefined && { data: { value: await jq.first(mapping.data, failure, { batchKey }) } },
    }
  }
  return undefined
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

/** Compiles every program once, so that a mistake is told when it is written and not when it is run. */
export async function checkPrograms(jq: Jq, batchKey: string, { requestTransform, responseTransform, errorMapping }: DataHandling): Promise<void> {
  const programs: [pointer: string, program: string][] = []
  const add = (pointer: string, program: string | undefined): void => { if (program !== undefined) programs.push([`/dataHandling/${pointer}`, program]) }
  for (const [name, transforms] of [['requestTransform', requestTransform], ['responseTransform', responseTransform]] as const) {
    transforms.forEach((each, at) => { add(`${name}/${at}${typeof each === 'string' ? '' : '/expression'}`, typeof each === 'string' ? each : each.expression) })
  }
  errorMapping.forEach((each, at) => {
    for (const field of ['when', 'message', 'data'] as const) add(`errorMapping/${at}/${field}`, each[field])
  })
  for (const [pointer, program] of programs) {
    try {
      await jq.check(program, { batchKey })
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      throw new HubError('invalid_input', `${pointer}: ${error.message}`, { errors: [{ pointer, detail: error.message }], cause: error })
    }
  }
}
