/** The jq programs in a bridge's settings. */
import { HubError } from '../../errors.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import type { BridgeSettings } from './settings.ts'

/** Throws HubError `invalid_input`, which says where. */
export async function checkBridgePrograms(jq: Pick<Jq, 'check'>, tenantId: string, settings: BridgeSettings): Promise<void> {
  for (const [pointer, program] of programsOf(settings)) {
    try {
      await jq.check(program, { batchKey: tenantId })
    } catch (error) {
      if (!(error instanceof HubError) || error.retryable) throw error
      throw new HubError('invalid_input', `${pointer}: ${error.message}`, { errors: [{ pointer, detail: error.message }], cause: error })
    }
  }
}

function programsOf({ consume, produce }: BridgeSettings): [pointer: string, program: string][] {
  const found: [string, string | { jq: string } | undefined][] = [
    ...consume.flatMap(({ type, source, subject }, at) => Object.entries({ type, source, subject }).map(([name, setting]): [string, typeof setting] => [`/consume/${at}/${name}/jq`, typeof setting === 'string' ? undefined : setting])),
    ...produce.flatMap(({ filter, topic, key }, at): [string, string | { jq: string } | undefined][] => [
      [`/produce/${at}/filter`, filter], [`/produce/${at}/topic/jq`, typeof topic === 'string' ? undefined : topic], [`/produce/${at}/key`, key],
    ]),
  ]
  return found.flatMap(([pointer, setting]) => (setting === undefined ? [] : [[pointer, typeof setting === 'string' ? setting : setting.jq]]))
}
