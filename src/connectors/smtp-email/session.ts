/** One connection to a mail server, for one use. */
import { isIP } from 'node:net'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionOptions, SMTPConnectionSendInfo, SMTPEnvelope } from 'nodemailer/lib/smtp-connection'
import type { ConnectionContext } from '../connector.ts'
import { HubError } from '../../errors.ts'
import { failureOf, type SmtpError } from './failure.ts'
import type { Server } from './settings.ts'

export interface Session {
  /** Whether the connection is encrypted, and whether the server knows who we are. */
  encrypted: boolean
  signedIn: boolean
  send(envelope: SMTPEnvelope, message: Buffer): Promise<SMTPConnectionSendInfo>
}

type Context = Pick<ConnectionContext, 'resolveHost' | 'signal'>

/** Connects to the address that the guard allowed and to no other, and ends the connection after `use`. Throws HubError. */
export async function withSession<Result>(server: Server, context: Context, use: (session: Session) => Promise<Result>): Promise<Result> {
  const address = await context.resolveHost(server.host)
  const isLocal = isLoopback(address)
  // Loaded with the first message: it takes some 20 MB, and most hubs at rest send none.
  const { default: Connection } = await import('nodemailer/lib/smtp-connection')
  const connection = new Connection(optionsOf(server, address, isLocal))
  // Faults reach whoever waits; one after the end has nobody to tell.
  connection.on('error', () => {})
  const wait = waiter(connection, `${server.host}:${server.port}`, context.signal)
  try {
    await wait(false, (done) => connection.connect(done))
    const encrypted = connection.secure
    const signedIn = server.username !== undefined && connection.allowsAuth
    if (signedIn) {
      if (!encrypted && !isLocal && server.tls !== 'off') throw unencrypted(server)
      await wait(false, (done) => connection.login({ user: server.username, pass: server.password ?? '' }, done))
    }
    const result = await use({
      encrypted, signedIn,
      send: (envelope, message) => wait(true, (done) => connection.send(envelope, message, done)) as Promise<SMTPConnectionSendInfo>,
    })
    connection.quit()
    return result
  } catch (error) {
    connection.close()
    throw error
  }
}

type Done = (error?: SmtpError | null, result?: unknown) => void

/** Each step ends by its own answer, by a fault of the connection, or by the deadline. */
function waiter(connection: SMTPConnection, server: string, signal: AbortSignal): (handedOver: boolean, begin: (done: Done) => void) => Promise<unknown> {
  return (handedOver, begin) => new Promise((resolve, reject) => {
    const fail = (error: SmtpError): void => settle(() => reject(failureOf(error, server, handedOver)))
    const expire = (): void => settle(() => reject(new HubError('upstream_timeout', `${server} took too long.`, { beforeSending: !handedOver })))
    const settle = (finish: () => void): void => {
      connection.off('error', fail)
      signal.removeEventListener('abort', expire)
      finish()
    }
    if (signal.aborted) return expire()
    connection.on('error', fail)
    signal.addEventListener('abort', expire)
    begin((error, result) => error ? fail(error) : settle(() => resolve(result)))
  })
}

function optionsOf({ host, port, secure, tls, clientName }: Server, address: string, isLocal: boolean): SMTPConnectionOptions {
  const trusted = tls === 'verified' || tls === 'auto' && !isLocal
  // The certificate is for the name that the user wrote, whatever address it has.
  const servername = isIP(host) === 0 ? host : undefined
  return {
    host: address, port, secure, ...servername !== undefined && { servername },
    requireTLS: !secure && (tls === 'verified' || tls === 'unverified'), ignoreTLS: tls === 'off',
    tls: { rejectUnauthorized: trusted, minVersion: 'TLSv1.2', ...servername !== undefined && { servername } },
    ...clientName !== '' && { name: clientName },
    // The try's own deadline is usually shorter; these hold where it is not.
    connectionTimeout: 30_000, greetingTimeout: 30_000, socketTimeout: 60_000, socketCloseTimeout: 2_000, maxResponseSize: 64 * 1024,
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}

function unencrypted({ host }: Server): HubError {
  return new HubError('upstream_rejected', `${host} offers no encryption, so that the password was not sent. Where that is known and wanted, set the encryption to "off".`, { beforeSending: true })
}
