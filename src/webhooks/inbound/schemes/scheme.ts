/** How a source knows that a request comes from its sender. One file each; index.ts lists them. */
import type { KeyObject } from 'node:crypto'
import type { z } from 'zod'

/** A request as it arrived: what is verified are its bytes, not what was read out of them. */
export interface IncomingRequest {
  method: string
  /** Path and query, undecoded. */
  url: string
  headers: Record<string, string | string[] | undefined>
  ip: string
  rawBody: Buffer
  query(): URLSearchParams
  /** The whole URL as the sender addressed it. */
  publicUrl(): string
}

/** `reason` is told to whoever sent the request, and never holds a part of a secret. */
export type Verdict = { ok: true } | { ok: false, reason: string }

/** What a scheme answers by itself instead of taking an event. */
export interface Challenge { status: number, contentType: string, body: string }

export interface SecretRules {
  description: string
  /** Other names that the secret may be given under. */
  aliases?: readonly string[]
  /** For senders that take a secret of ours; others have one of their own. */
  generate?(): string
}

export interface Scheme<Shape extends z.ZodRawShape = z.ZodRawShape, Key = unknown> {
  name: string
  description: string
  /** Settings beside the secret; their descriptions are the documentation. */
  settings: Shape
  /** Undefined where there is none. */
  secret: SecretRules | undefined
  /** Throws RangeError, which says what is wrong with the secret and never shows it. */
  keyOf(secret: string, settings: z.output<z.ZodObject<Shape>>): Key
  /** `keys`: those that hold now, of several secrets while a rotation overlaps. `now` in ms. */
  verify(request: IncomingRequest, settings: z.output<z.ZodObject<Shape>>, keys: readonly Key[], now: number): Verdict
  /** Headers whose values are signatures or secrets, lower case: not shown where requests are listed. */
  secretHeaders?(settings: z.output<z.ZodObject<Shape>>): string[]
  secretParameters?(settings: z.output<z.ZodObject<Shape>>): string[]
  /** Of a 401, where senders wait for one before they say who they are. */
  authenticate?: string
  /** Of a verified request: what its sender wants to hear back before it sends events. */
  challenge?(request: IncomingRequest, data: unknown): Challenge | undefined
  /** The sender's own name for what happened. Left out: the body's `type`. */
  eventType?(request: IncomingRequest, data: unknown): string | undefined
  /** The sender's id of the event, the same when it sends it again. */
  eventId?(request: IncomingRequest, data: unknown): string | undefined
}

// The list holds schemes of many shapes; each is checked against its own settings here.
export type AnyScheme = Scheme<z.ZodRawShape, unknown>

export function defineScheme<Shape extends z.ZodRawShape, Key = KeyObject>(scheme: Scheme<Shape, Key>): AnyScheme {
  return scheme as unknown as AnyScheme
}

export const passed: Verdict = { ok: true }

export function failed(reason: string): Verdict {
  return { ok: false, reason }
}

export function headerOf({ headers }: Pick<IncomingRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** A member of a body that is a JSON object, where it is text. */
export function textOf(data: unknown, name: string): string | undefined {
  if (data === null || typeof data !== 'object' || !Object.hasOwn(data, name)) return undefined
  const value = (data as Record<string, unknown>)[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
