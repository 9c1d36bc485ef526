/**
 * JSON from outside. `JSON.parse` does the parsing; a pass over the text before it and one over the value after it find
 * what it would take silently: endless depth, keys that are attacks on JavaScript programs, and the same key twice.
 * Only when something is wrong is the text read again, to say where.
 *
 * The same key twice is refused: `JSON.parse` keeps the last, others keep the first, and whoever sent it loses data without
 * a word. I-JSON (RFC 7493) forbids it.
 */
import { isUtf8 } from 'node:buffer'
import { HubError } from '../../errors.ts'
import type { FieldError } from '../../errors.ts'
import { findFaults, placeOf } from './faults.ts'
import type { Fault } from './faults.ts'

export interface JsonLimits {
  /** Arrays and objects within each other. Default 128. */
  maxDepth?: number
  /** UTF-16 units of one key. Default 65,536. */
  maxKeyLength?: number
  /** Default `refuse`; `last` keeps the last of them, as `JSON.parse` does. */
  duplicateKeys?: 'refuse' | 'last'
}

/**
 * Throws HubError: `malformed_json` for bad syntax or UTF-8, `invalid_request` for what the limits refuse; `errors` have
 * pointers, details have line and column. A byte order mark in front is passed over.
 */
export function parseJson(source: Uint8Array | string, { maxDepth = 128, maxKeyLength = 65_536, duplicateKeys = 'refuse' }: JsonLimits = {}): unknown {
  const bytes = Buffer.isBuffer(source) ? source : typeof source === 'string' ? Buffer.from(source) : Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const text = typeof source === 'string' ? source : decode(bytes)
  const limits = { maxDepth, maxKeyLength, duplicateKeys }
  const keys = countKeysInText(bytes, maxDepth)
  if (keys === refused) throw explain(text, limits)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw explain(text, limits)
  }
  const kept = countKeys(value, maxKeyLength)
  if (kept !== keys && (kept === refused || duplicateKeys === 'refuse')) throw explain(text, limits)
  return value
}

const refused = -1
const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/**
 * In text that is JSON, every colon outside of strings follows a key. `refused` when it goes too deep.
 * Bytes, since they are read several times faster than a string's characters; in UTF-8 none of these is part of another character.
 */
function countKeysInText(bytes: Uint8Array, maxDepth: number): number {
  const end = bytes.length
  let depth = 0
  let keys = 0
  for (let at = 0; at < end; at++) {
    const byte = bytes[at]!
    if (byte === quote) {
      for (at++; at < end; at++) {
        if (bytes[at] === quote) break
        if (bytes[at] === backslash) at++
      }
    } else if (byte === colon) {
      keys++
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > maxDepth) return refused
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--
    }
  }
  return keys
}

/** `refused` when a key is an attack or too long. The depth is bounded already. */
function countKeys(value: unknown, maxKeyLength: number): number {
  if (typeof value !== 'object' || value === null) return 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item !== 'object' || item === null) continue
      const inner = countKeys(item, maxKeyLength)
      if (inner === refused) return refused
      keys += inner
    }
    return keys
  }
  // A parsed value has no keys but its own.
  // oxlint-disable-next-line guard-for-in
  for (const key in value) {
    keys++
    if (key.length > maxKeyLength || key === '__proto__') return refused
    const member = (value as Record<string, unknown>)[key]
    if (typeof member !== 'object' || member === null) continue
    if (key === 'constructor' && Object.hasOwn(member, 'prototype')) return refused
    const inner = countKeys(member, maxKeyLength)
    if (inner === refused) return refused
    keys += inner
  }
  return keys
}

function decode(buffer: Buffer): string {
  const text = buffer.toString('utf8')
  if (!isUtf8(buffer)) {
    const detail = `is not valid UTF-8 at byte ${badByte(buffer, text)}`
    throw new HubError('malformed_json', `The JSON ${detail}`, { errors: [{ pointer: '', detail }] })
  }
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** Bad bytes were decoded as U+FFFD; one that was there itself is three good bytes. */
function badByte(buffer: Buffer, text: string): number {
  let at = text.indexOf('\ufffd')
  let offset = Buffer.byteLength(text.slice(0, at))
  while (buffer.readUIntBE(offset, Math.min(3, buffer.length - offset)) === 0xefbfbd) {
    const next = text.indexOf('\ufffd', at + 1)
    offset += Buffer.byteLength(text.slice(at, next))
    at = next
  }
  return offset
}

function explain(text: string, limits: Required<JsonLimits>): HubError {
  const faults = findFaults(text, limits)
  const [first] = faults
  if (!first) return new HubError('malformed_json', 'The JSON cannot be read')
  const errors = faults.map((fault): FieldError => ({ pointer: fault.pointer, detail: describe(fault, text) }))
  if (first.kind === 'syntax') return new HubError('malformed_json', `The JSON is not valid: ${errors[0]!.detail}`, { errors })
  return new HubError('invalid_request', `The JSON is not taken: ${first.pointer === '' ? '' : `${first.pointer} `}${errors[0]!.detail}`, { errors })
}

function describe({ detail, at }: Fault, text: string): string {
  const { line, column } = placeOf(text, at)
  return `${detail} (line ${line}, column ${column})`
}
