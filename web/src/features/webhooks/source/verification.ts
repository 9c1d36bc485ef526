/** How senders sign, as the API describes it. */
import { readable } from '../../../components/form/readable.ts'
import type { Schema } from '../../../hub/api-schema.ts'

export interface SchemeChoice { name: string, description: string, schema: Schema }

type Fields = Record<string, Schema>

export function schemesOf(verification: Schema): SchemeChoice[] {
  return ((verification['oneOf'] ?? verification['anyOf']) as Schema[]).map((variant) => {
    const { scheme, ...fields } = variant['properties'] as Fields & { scheme: Schema }
    // Other names of the secret are for those who write to the API.
    const shown = Object.fromEntries(Object.entries(fields).filter(([name, { description }]) => name === 'secret' || description !== 'The same as `secret`.'))
    return {
      name: String(scheme['const']), description: String(scheme['description'] ?? ''),
      schema: readable({ ...variant, properties: shown, required: ((variant['required'] ?? []) as string[]).filter((name) => name in shown) }),
    }
  })
}

const bytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))
const hex = (): string => Array.from(bytes(32), (byte) => byte.toString(16).padStart(2, '0')).join('')
const base64 = (): string => btoa(String.fromCharCode(...bytes(32)))

/** For senders that take a secret of ours; others have one of their own. */
const makers: Record<string, () => string> = { 'standard-webhooks': () => `whsec_${base64()}`, github: hex, hmac: hex, bearer: hex, query: hex }

export function secretMaker(scheme: string): (() => string) | undefined {
  return makers[scheme]
}
