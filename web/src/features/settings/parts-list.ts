import { type ComponentType, type LazyExoticComponent } from 'react'
import type { Scope } from '../../hub/session.ts'
import { texts } from './texts.ts'
import { lazily } from '../../components/lazily.ts'

export type Part = keyof typeof texts.parts

/** In the order in which they stand, each with what one needs to see it. */
export const parts: Record<Part, { needs: Scope | undefined, view: LazyExoticComponent<ComponentType> }> = {
  members: { needs: 'members:read', view: lazily(async () => (await import('./members-part.tsx')).MembersPart) },
  keys: { needs: 'keys:read', view: lazily(async () => (await import('./keys-part.tsx')).KeysPart) },
  credentials: { needs: 'credentials:read', view: lazily(async () => (await import('./credentials-part.tsx')).CredentialsPart) },
  clients: { needs: 'credentials:read', view: lazily(async () => (await import('./clients-part.tsx')).ClientsPart) },
  signIn: { needs: undefined, view: lazily(async () => (await import('./sign-in-part.tsx')).SignInPart) },
  storage: { needs: 'integrations:read', view: lazily(async () => (await import('./storage-part.tsx')).StoragePart) },
  networks: { needs: 'integrations:read', view: lazily(async () => (await import('./networks-part.tsx')).NetworksPart) },
  engines: { needs: 'integrations:read', view: lazily(async () => (await import('./engines-part.tsx')).EnginesPart) },
  audit: { needs: 'audit:read', view: lazily(async () => (await import('./audit-part.tsx')).AuditPart) },
  tenant: { needs: undefined, view: lazily(async () => (await import('./tenant-part.tsx')).TenantPart) },
}
