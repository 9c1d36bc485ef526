/** Stripe: the connector to copy for one with operations and events. */
import type { ConnectionContext } from '../connector.ts'
import { defineConnector } from '../define.ts'
import { HubError, isHubError } from '../../errors.ts'
import { authorized, get, hostsOf } from './api.ts'
import { customerOperations } from './customers.ts'
import manifest from './manifest.json' with { type: 'json' }
import { paymentOperations } from './payments.ts'

export const stripe = defineConnector({
  folder: import.meta.url, manifest, operations: [...customerOperations, ...paymentOperations], testConnection,
  hosts: hostsOf, proxy: async (request, context) => authorized(request, context),
})

/** A restricted key may be good and yet not be allowed to read the balance: Stripe says 403 then, and 401 to a wrong key. */
async function testConnection(context: ConnectionContext): Promise<{ detail: string }> {
  try {
    await get(context, '/v1/balance')
    return { detail: 'Stripe knows the key and answered with the account\'s balance.' }
  } catch (error) {
    if (!isHubError(error)) throw error
    if (error.upstreamStatus === 403) return { detail: 'Stripe knows the key, which may not read the balance.' }
    if (error.upstreamStatus === 401) throw new HubError('connection_failed', 'Stripe does not accept the key.', { cause: error, upstreamStatus: 401 })
    throw error
  }
}
