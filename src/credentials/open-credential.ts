import type { Mask } from '../lib/mask.ts'
import type { FieldValues } from './fields.ts'

/** Ready for a call. Never log or return `values`. */
export interface OpenCredential {
  id: string
  connector: string
  values: FieldValues
  /** Masks the credential's secrets and the access tokens fetched with it, also those that are fetched later. */
  mask: Mask
  revision: number
}
