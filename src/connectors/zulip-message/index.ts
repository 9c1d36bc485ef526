/** Messages to and from Zulip. */
import type { ConnectionContext } from '../connector.ts'
import { defineConnector } from '../define.ts'
import { HubError, isHubError } from '../../errors.ts'
import { authorized, call, hostsOf, me } from './api.ts'
import manifest from './manifest.json' with { type: 'json' }
import { poll } from './poll.ts'
import { sendMessage } from './send-message.ts'

export const zulipMessage = defineConnector({
  folder: import.meta.url, manifest, operations: [sendMessage], testConnection, poll,
  hosts: hostsOf, proxy: async (request, context) => authorized(request, context),
})

async function testConnection(context: ConnectionContext): Promise<{ detail: string }> {
  try {
    const { full_name: name, email } = await call(context, { method: 'GET', url: '/users/me' }, me)
    return { detail: `Signed in to ${hostsOf(context)[0]} as ${name} (${email}).` }
  } catch (error) {
    if (!isHubError(error) || error.upstreamStatus !== 401) throw error
    throw new HubError('connection_failed', 'Zulip does not accept the email and API key.', { cause: error, upstreamStatus: 401 })
  }
}
