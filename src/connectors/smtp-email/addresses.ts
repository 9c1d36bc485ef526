/** Email addresses as people write them: `ada@example.com`, `Ada Lovelace <ada@example.com>`. */
import { z } from 'zod'

/** What RFC 5321 allows a path to hold, less quoted local parts, which are a classic way to smuggle. */
const addressForm = /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[^\s\p{Cc}<>()[\]\\,;:"@]{1,255}$/u

export interface Address { name: string, address: string }

/** Undefined for what is not exactly one address. */
export function readAddress(text: string): Address | undefined {
  // A line break would begin another header.
  if (text.length > 1000 || /\p{Cc}/u.test(text)) return undefined
  const { name = '', bracketed, bare } = /^\s*(?:(?<name>"(?:[^"\\]|\\.)*"|[^"<>]*?)\s*<(?<bracketed>[^<>]*)>|(?<bare>[^<>]*?))\s*$/u.exec(text)?.groups ?? {}
  const address = (bracketed ?? bare ?? '').trim()
  if (!addressForm.test(address)) return undefined
  return { name: name.replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1'), address }
}

export const address = z.string().refine((text) => readAddress(text) !== undefined, 'is not an email address')
  .transform((text) => readAddress(text)!)

export function domainOf({ address }: Address): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
