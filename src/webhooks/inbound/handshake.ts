/** What senders want to hear back before they send: the source's setting says what to echo. */
import { digestOf, matchesDigest } from './schemes/signature.ts'
import { headerOf, type IncomingRequest } from './schemes/scheme.ts'
import type { LoadedSource } from './loaded.ts'

export interface Echo { status: number, headers: Record<string, string>, body: string }

const MAX_ECHO = 2048

/** Undefined for a request that is no handshake; `refused` for one whose token is wrong. */
export function shakeHands({ settings: { handshake }, token }: LoadedSource, request: IncomingRequest): Echo | 'refused' | undefined {
  if (handshake === null) return undefined
  if (handshake.type === 'query') {
    const challenge = request.url.includes('?') ? request.query().get(handshake.parameter) : null
    if (challenge === null) return undefined
    const { tokenParameter } = handshake
    if (tokenParameter !== undefined && (token === undefined || !matchesDigest([digestOf(token)], request.query().get(tokenParameter) ?? ''))) return 'refused'
    // A longer one is somebody who wants text of theirs to come from here.
    return challenge.length > MAX_ECHO ? 'refused' : { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: challenge }
  }
  if (handshake.type === 'header') {
    const value = headerOf(request, handshake.header.toLowerCase())
    if (value === undefined) return undefined
    return value.length > MAX_ECHO ? 'refused' : { status: 200, headers: { [handshake.header]: value }, body: '' }
  }
  const origin = headerOf(request, 'webhook-request-origin')
  if (request.method !== 'OPTIONS' || origin === undefined) return undefined
  const { origins } = handshake
  if (!origins.includes('*') && !origins.includes(origin)) return 'refused'
  return { status: 200, headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*', allow: 'POST' }, body: '' }
}
