/** Names within a document that stand for what `use` declares. */
import { isMembers } from '../../lib/json/check.ts'
import { hasProgram } from '../expressions/parts.ts'
import type { Report } from './finding.ts'
import { nearest } from './nearest.ts'
import type { Visit } from './parts.ts'
import { memberOf, type Members } from './tasks.ts'

const words = { retries: 'retry policy', errors: 'error', timeouts: 'timeout', authentications: 'authentication', secrets: 'secret' }
type Shelf = keyof typeof words

/** By the member that holds the name, and what that stands in, where it matters. */
const shelves: { name: string, parent?: RegExp, shelf: Shelf }[] = [
  { name: 'timeout', shelf: 'timeouts' },
  { name: 'error', parent: /^raise$/, shelf: 'errors' },
  { name: 'retry', parent: /^catch$/, shelf: 'retries' },
  { name: 'use', parent: /^authentication$/, shelf: 'authentications' },
  { name: 'use', parent: /^(?:basic|bearer|digest|oauth2|oidc)$/, shelf: 'secrets' },
]

export function checkReferences(definition: Members, report: Report): Visit {
  return (name, value, { pointer, parent }) => {
    const shelf = shelves.find((each) => each.name === name && (each.parent === undefined || each.parent.test(parent)))?.shelf
    if (shelf === undefined || typeof value !== 'string' || hasProgram(value)) return
    const known = declaredIn(definition, shelf)
    if (known.includes(value)) return
    report({ severity: 'error', code: shelf === 'secrets' ? 'unknown_credential' : 'unknown_reference', pointer, detail: `names no ${words[shelf]} of use.${shelf}: "${value}"${nearest(value, known)}` })
  }
}

export function declaredIn({ use }: Members, shelf: Shelf | 'functions' | 'catalogs'): string[] {
  const declared = memberOf(use, shelf)
  if (Array.isArray(declared)) return declared.filter((each) => typeof each === 'string')
  return isMembers(declared) ? Object.keys(declared) : []
}
