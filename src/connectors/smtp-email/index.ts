/** Email through any mail server. */
import type { ConnectionContext } from '../connector.ts'
import { defineConnector } from '../define.ts'
import manifest from './manifest.json' with { type: 'json' }
import { sendMessage } from './send-message.ts'
import { withSession } from './session.ts'
import { readServer } from './settings.ts'

export const smtpEmail = defineConnector({
  folder: import.meta.url, manifest, operations: [sendMessage], aliases: { send_email: 'send_message' }, testConnection,
})

/** Signs in and leaves: no message is sent. */
async function testConnection(context: ConnectionContext): Promise<{ detail: string }> {
  const server = readServer(context)
  const { encrypted, signedIn } = await withSession(server, context, async (session) => session)
  const how = encrypted ? 'over TLS' : 'without encryption'
  const who = signedIn ? `signed in as ${server.username}` : server.username === undefined ? 'without signing in' : 'which knows no signing in'
  return { detail: `Connected to ${server.host}:${server.port} ${how}, ${who}.` }
}
