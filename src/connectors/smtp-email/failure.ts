/** What went wrong with a mail server, in the hub's words. */
import { HubError } from '../../errors.ts'

/** As nodemailer's connection throws it. `command` is what was under way: CONN, AUTH PLAIN, MAIL FROM, RCPT TO, DATA … */
export interface SmtpError extends Error { code?: string, command?: string, response?: string, responseCode?: number }

/** `handedOver`: the message may have reached the server. */
export function failureOf(error: SmtpError, server: string, handedOver: boolean): HubError {
  const { code = '', command = '', responseCode } = error
  const envelope = command === 'MAIL FROM' || command === 'RCPT TO'
  const options = { cause: error, beforeSending: !handedOver || envelope }
  const later = responseCode !== undefined && responseCode < 500
  if (code === 'EAUTH') {
    // What the server says here may repeat the user name or password.
    if (later) return new HubError('upstream_unavailable', `${server} could not check the user name and password (${responseCode}).`, options)
    return new HubError('upstream_rejected', `${server} does not accept the user name and password${responseCode === undefined ? '' : ` (${responseCode})`}.`, options)
  }
  if (responseCode !== undefined && (code === 'EENVELOPE' || code === 'EMESSAGE')) {
    const what = command === 'RCPT TO' ? 'the recipients' : command === 'MAIL FROM' ? 'the sender' : 'the message'
    return new HubError(later ? 'upstream_unavailable' : 'upstream_rejected', `${server} refused ${what}: ${plain(error.response ?? String(responseCode))}`, options)
  }
  if (code === 'EMESSAGE') return new HubError('upstream_rejected', `The message is larger than ${server} takes.`, { ...options, beforeSending: true })
  if (code === 'EENVELOPE') return new HubError('upstream_rejected', `${server} cannot deliver to these addresses: ${plain(error.message)}`, { ...options, beforeSending: true })
  if (code === 'ETIMEDOUT') return new HubError('upstream_timeout', `${server} took too long.`, options)
  if (code === 'ETLS' || isCertificateFault(error)) return new HubError('upstream_unavailable', `No trusted TLS connection to ${server}: ${plain(error.message)}`, options)
  return new HubError('upstream_unavailable', `The connection to ${server} failed: ${plain(error.message)}`, options)
}

function isCertificateFault({ message }: SmtpError): boolean {
  return /certificate|altnames|self[- ]signed|SSL|TLS/i.test(message)
}

/** One line of a server's words, cut. */
export function plain(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim().slice(0, 200)
}
