/** Clients for the tests of this folder: the real one, opened to loopback, closed with the test. */
import type { LookupAddress } from 'node:dns'
import { expect } from 'vitest'
import { HubError } from '../../errors.ts'
import { createAddressGuard } from './address-guard.ts'
import { createHttpClient, type HttpClientOptions } from './client.ts'
import type { HttpClient } from './http.ts'

export interface TestClientOptions extends Partial<HttpClientOptions> {
  allowNetworks?: string[]
  lookup?: (hostname: string) => Promise<LookupAddress[]>
}

export function testClient({ allowNetworks = ['127.0.0.0/8'], lookup, ...options }: TestClientOptions = {}): HttpClient & AsyncDisposable {
  const guard = createAddressGuard({ allowNetworks, ...(lookup === undefined ? {} : { lookup }) })
  const client = createHttpClient({ guard, ...options })
  return { ...client, [Symbol.asyncDispose]: () => client.close() }
}

/** Any name is this machine. */
export async function toLoopback(): Promise<LookupAddress[]> {
  return [{ address: '127.0.0.1', family: 4 }]
}

/** The HubError that a promise is rejected with; anything else is thrown on. */
export async function hubErrorOf(promise: Promise<unknown>): Promise<HubError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof HubError) return error
    throw error
  }
  throw new Error('It did not fail.')
}

/** Asks again and again: machines that run tests may be busy. */
export function eventually<T>(ask: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(ask, { timeout: 30_000 })
}

/** Tries with more and more time until the result is good, so that a busy machine makes a test slower and not red. */
export async function withEnoughTime<T>(attempt: (timeoutMs: number) => Promise<T>, isGood: (result: T) => boolean): Promise<{ result: T, timeoutMs: number }> {
  for (let timeoutMs = 20; ; timeoutMs *= 2) {
    const result = await attempt(timeoutMs)
    if (isGood(result)) return { result, timeoutMs }
  }
}
