import type { Given } from './document-input.tsx'

export function bodyOf(given: Given): { url: string } | { document: string } {
  return given.kind === 'url' ? { url: given.url } : { document: given.text }
}
