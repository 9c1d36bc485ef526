/** A source's secrets: kept with the credentials, encrypted; here they get their shape. */
import type { Db } from '../../db/db.ts'
import type { OwnSecrets } from '../../credentials/own.ts'
import { isHubError } from '../../errors.ts'

export interface SourceSecrets {
  /** Undefined for schemes without one. */
  secret: string | undefined
  /** Of a handshake. */
  token: string | undefined
  /** Those before the last rotations, newest first. `until`: ms. */
  previous: { secret: string, until: number }[]
}

export const noSecrets: SourceSecrets = { secret: undefined, token: undefined, previous: [] }

export function ownerOf(id: string): string {
  return `webhook-source.${id}`
}

/** Empty where nothing is kept. */
export async function openSecrets(own: OwnSecrets, tenantId: string, id: string): Promise<SourceSecrets> {
  try {
    const { values } = await own.open(tenantId, ownerOf(id))
    return { secret: values['secret'] as string | undefined, token: values['token'] as string | undefined, previous: (values['previous'] ?? []) as SourceSecrets['previous'] }
  } catch (error) {
    if (isHubError(error, 'credential_missing')) return noSecrets
    throw error
  }
}

/** In the caller's transaction. */
export async function keepSecrets(own: OwnSecrets, db: Db, tenantId: string, id: string, { secret, token, previous }: SourceSecrets): Promise<void> {
  if (secret === undefined && token === undefined) await own.remove(db, tenantId, ownerOf(id))
  else await own.keep(db, tenantId, ownerOf(id), { ...secret !== undefined && { secret }, ...token !== undefined && { token }, ...previous.length > 0 && { previous } })
}
