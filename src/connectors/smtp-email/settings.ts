/** The mail server and how to speak to it. Descriptions for people are in manifest.json. */
import { z } from 'zod'
import type { ConnectionContext } from '../connector.ts'
import { parseInput } from '../../lib/zod-errors.ts'
import { readCredentials } from '../credentials.ts'
import { readAddress } from './addresses.ts'

/** Credential forms give text. */
const flag = z.union([z.boolean(), z.enum(['true', 'false', '1', '0', 'yes', 'no'])]).transform((value) => value === true || value === 'true' || value === '1' || value === 'yes')
const port = z.union([z.number(), z.string().regex(/^\s*\d{1,5}\s*$/, 'must be a number').transform(Number)]).pipe(z.number().int().min(1).max(65_535))

const credentials = z.object({
  host: z.string().trim().min(1).max(255).regex(/^[^\s\p{Cc}/@]+$/u, 'is not a host name or address'),
  port: port.optional(),
  secure: flag.optional(),
  username: z.string().max(500).regex(/^\P{Cc}*$/u, 'holds control characters').optional(),
  password: z.string().max(5000).optional(),
  from: z.string().refine((text) => readAddress(text) !== undefined, 'is not an email address'),
})

const configuration = z.strictObject({
  tls: z.enum(['auto', 'verified', 'unverified', 'off']).default('auto'),
  clientName: z.string().max(255).regex(/^[A-Za-z0-9.-]*$/, 'is not a host name').default(''),
})

export type Server = Omit<z.output<typeof credentials>, 'port' | 'secure'> & z.output<typeof configuration> & { port: number, secure: boolean }

/** Throws HubError `credential_missing`, `invalid_input`; neither shows a value. */
export function readServer(context: Pick<ConnectionContext, 'configuration' | 'credentials'>): Server {
  const { port, ...server } = readCredentials(credentials, context.credentials)
  // 465 is TLS from the start everywhere, whether said or not.
  const secure = server.secure ?? port === 465
  return { ...server, ...parseInput(configuration, context.configuration, '/configuration'), secure, port: port ?? (secure ? 465 : 587) }
}
