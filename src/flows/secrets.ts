/** `$secrets`: credentials of the tenant, by the names that a flow declares. */
import { isHubError } from '../errors.ts'
import type { Mask } from '../lib/mask.ts'
import { createMask, noMask } from '../lib/mask.ts'
import type { FlowDefinition } from './definition.ts'
import type { LiveRun } from './engine/run.ts'
import { fault } from './fault.ts'

export interface SecretsDeps {
  credentials: { open(tenantId: string, id: string): Promise<{ values: Record<string, unknown>, mask: Mask }> }
}

export interface FlowSecrets {
  /** Opens all that the run's definition declares, once a run. */
  openAll(run: LiveRun): Promise<void> | undefined
  /** Throws FlowFault `configuration` for one that is not declared, or is not there. */
  one(run: LiveRun, name: string): Promise<unknown>
  maskOf(tenantId: string, definition: FlowDefinition | undefined): Promise<Mask>
}

export function createFlowSecrets({ credentials }: SecretsDeps): FlowSecrets {
  const open = async (tenantId: string, name: string): Promise<Record<string, unknown>> => {
    try {
      return (await credentials.open(tenantId, name)).values
    } catch (error) {
      if (isHubError(error, 'credential_missing') || isHubError(error, 'not_found')) throw fault('configuration', `There is no credential ${name}, which the flow declares as a secret. Store one with that id.`, { cause: error })
      throw error
    }
  }
  const one = async (run: LiveRun, name: string): Promise<unknown> => {
    if (run.secrets.has(name)) return run.secrets.get(name)
    if (run.definition.use?.secrets?.includes(name) !== true) throw fault('authorization', `The flow does not declare the secret ${name} under use.secrets.`)
    const values = await open(run.row.tenantId, name)
    for (const text of textsOf(values)) run.conceal(text)
    run.secrets.set(name, values)
    return values
  }
  return {
    one,
    openAll(run) {
      const names = run.definition.use?.secrets
      if (names === undefined || run.secrets.size === names.length) return undefined
      return Promise.all(names.map((name) => one(run, name))).then(() => undefined)
    },
    async maskOf(tenantId, definition) {
      const names = definition?.use?.secrets ?? []
      if (names.length === 0) return noMask
      const opened = await Promise.all(names.map((name) => open(tenantId, name).catch(() => ({}))))
      return createMask(opened.flatMap(textsOf))
    },
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}
