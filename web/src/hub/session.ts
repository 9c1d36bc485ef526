/** Who is signed in, and what they may do. */
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { hub, isProblem, type Client, type Session } from './client.ts'

export type { Session } from './client.ts'
export type Membership = Session['tenants'][number]
export type Scope = Membership['scopes'][number]

/** `null`: nobody is signed in. */
async function readSession(): Promise<Session | null> {
  try {
    return await hub.get('/api/v1/session')
  } catch (error) {
    if (isProblem(error, 'unauthorized')) return null
    throw error
  }
}

export const sessionQuery = queryOptions({ queryKey: ['session'], staleTime: 5 * 60_000, queryFn: readSession })

export interface Tenant extends Membership {
  hub: Client
  /** Whether what needs this scope would be allowed. What would be refused is not shown. */
  can(scope: Scope): boolean
}

export const TenantContext = createContext<Tenant | undefined>(undefined)

/** The tenant in the URL. */
export function useTenant(): Tenant {
  const tenant = useContext(TenantContext)
  if (tenant === undefined) throw new Error('Outside of a tenant.')
  return tenant
}
