/** The one way to the hub: its typed client, with the session's cookie and the tenant of the page. */
import { createClient, type Client } from '../../../src/client/client.ts'
import { ApiError } from '../../../src/client/errors.ts'

export type { Client, Reply } from '../../../src/client/client.ts'
export { ApiError, HubUnreachable } from '../../../src/client/errors.ts'
export type * from '../../../src/client/types.ts'

/** Signs in again where the session ended meanwhile. Resolves when the request may be repeated; rejects where somebody would rather not. */
type Renew = () => Promise<void>

let renew: Renew | undefined

/** Called by the overlay that signs in. Returns how to take it back. */
export function renewSessionWith(how: Renew): () => void {
  renew = how
  return () => { if (renew === how) renew = undefined }
}

/** Of one tenant. What is refused since the session ended waits until somebody signed in, and goes out again: nothing that was typed is lost. */
export function clientOf(tenant: string): Client {
  return createClient({
    baseUrl: location.origin,
    async fetch(input, init = {}) {
      const headers = new Headers(init.headers)
      headers.set('x-interchange-tenant', tenant)
      headers.set('x-source-component', 'dashboard')
      const send = (): Promise<Response> => fetch(input, { ...init, headers, credentials: 'same-origin' })
      const response = await send()
      if (response.status !== 401 || renew === undefined) return response
      await renew()
      return send()
    },
  })
}

/** For what belongs to no tenant: the session itself. */
export const hub = createClient({ baseUrl: location.origin })

export function isProblem(error: unknown, ...codes: ApiError['code'][]): error is ApiError {
  return error instanceof ApiError && codes.includes(error.code)
}
