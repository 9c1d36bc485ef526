/** A real mail server on this machine, for the tests of this folder. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface Received { from: string, to: string[], user: string | undefined, encrypted: boolean, email: Email, raw: string }

export interface MailServer extends AsyncDisposable {
  port: number
  received: Received[]
  /** Names that clients asked for while they began TLS. */
  serverNames: (string | false | undefined)[]
  connections(): number
  signIns(): number
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: Received[] = []
  const serverNames: MailServer['serverNames'] = []
  let connections = 0
  let signIns = 0
  const server = new SMTPServer({
    authOptional: true, disableReverseLookup: true, logger: false, closeTimeout: 100,
    onConnect(_session, done) { connections += 1; done() },
    onSecure(socket, _session, done) { serverNames.push((socket as unknown as { servername?: string | false }).servername); done() },
    onAuth({ username = '', password }, _session, done) {
      signIns += 1
      if (password === 'right password') done(null, { user: username })
      else done(Object.assign(new Error(`No: ${password}`), { responseCode: 535 }))
    },
    onData(stream, { envelope, user, secure }, answer) {
      const take = async (): Promise<void> => {
        const raw = await buffer(stream)
        received.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address, to: envelope.rcptTo.map(({ address }) => address), user: user as string | undefined,
          encrypted: secure, email: await PostalMime.parse(raw), raw: raw.toString('utf8'),
        })
      }
      take().then(() => answer(), answer)
    },
    ...options,
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port, received, serverNames, connections: () => connections, signIns: () => signIns,
    [Symbol.asyncDispose]: () => new Promise((resolve) => { server.close(resolve) }),
  }
}
