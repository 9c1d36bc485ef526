import type { Route } from '../../route.ts'
import { createCredential } from './create.ts'
import { deleteCredential } from './delete.ts'
import { getCredential } from './get.ts'
import { listCredentials } from './list.ts'
import { replaceCredential } from './replace.ts'
import { rotateKeys } from './rotate-keys.ts'
import { rotateRootKey } from './rotate-root-key.ts'
import { updateCredential } from './update.ts'

export const credentialRoutes: Route[] = [createCredential, listCredentials, getCredential, updateCredential, replaceCredential, deleteCredential, rotateKeys, rotateRootKey]
