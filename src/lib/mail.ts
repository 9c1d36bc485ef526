/** Mail by the operator's own server, which is trusted. */

export interface Mail { to: string, subject: string, text: string }

/** Throws where the server does not take it. */
export type SendMail = (mail: Mail) => Promise<void>

export function createMailer({ smtpUrl, from }: { smtpUrl: string, from: string }): SendMail {
  return async (mail) => {
    // Loaded at the first mail: it takes 20 MB.
    const { createTransport } = await import('nodemailer')
    await createTransport(smtpUrl).sendMail({ from, ...mail })
  }
}
