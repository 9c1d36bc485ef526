/** Ids of connectors: free of slashes, so that they stand in a path as they are. */
import { HubError } from '../errors.ts'

const LONGEST = 128
const form = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/

export function isConnectorId(id: string): boolean {
  return id.length <= LONGEST && form.test(id)
}

/** Gives `id` back, or throws HubError `invalid_input`. */
export function checkConnectorId(id: string): string {
  if (isConnectorId(id)) return id
  throw new HubError('invalid_input', 'A connector id takes letters, digits, dots, colons, hyphens and underscores, and begins with a letter or digit.', {
    errors: [{ pointer: '/id', detail: `takes up to ${LONGEST} letters, digits and any of . : - _` }],
  })
}

/** `GitHub v3 REST API` → `github-v3-rest-api`. Empty where the title has no Latin letter or digit. */
export function connectorIdOf(title: string): string {
  return title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 64).replace(/-+$/, '')
}
