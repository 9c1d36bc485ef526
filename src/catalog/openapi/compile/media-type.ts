export type MediaKind = 'json' | 'lines' | 'form' | 'multipart' | 'text' | 'binary'

/** `type/subtype` in lower case, without parameters. */
export function essence(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase()
}

export function isWildcard(mediaType: string): boolean { return mediaType.includes('*') }

/** `application/json`, `text/json` and the like of `application/problem+json`; not what a wildcard may mean. */
export function isJson(mediaType: string): boolean { return /^(?:application|text)\/(?:[^/*]+\+)?json$/.test(essence(mediaType)) }

/** How a value of this type is written. `structured` says whether the schema describes an object or list, for types that tell nothing. */
export function kindOf(mediaType: string, structured: boolean): MediaKind {
  const type = essence(mediaType)
  if (/^(?:application|text)\/(?:json|[^/]*\+json|\*)$/.test(type) && !(type.endsWith('/*') && !structured)) return 'json'
  if (/^application\/(?:jsonl|x-jsonl|x-ndjson|ndjson|x-jsonlines|json-seq|[^/]*\+json-seq)$/.test(type)) return 'lines'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  // The second is no registered type, but what some documents call the first.
  if (type.startsWith('multipart/') || type === 'application/form-data') return 'multipart'
  if (/^text\/|^application\/(?:xml|[^/]*\+xml|yaml|x-yaml|[^/]*\+yaml|javascript|graphql|sql|toml|csv|html)$/.test(type)) return 'text'
  return structured ? 'json' : 'binary'
}

/** Whether `given` is what `declared` means: the same type, or one that its wildcard covers. */
export function covers(declared: string, given: string): boolean {
  if (declared === given) return true
  const [type = '', subtype = ''] = essence(declared).split('/')
  const [givenType = '', givenSubtype = ''] = essence(given).split('/')
  if (givenSubtype === '') return false
  return (type === '*' || type === givenType) && matches(subtype, givenSubtype)
}

function matches(pattern: string, subtype: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*') ? subtype.endsWith(pattern.slice(1)) : pattern === subtype
}

/** What is sent where the document only gives a wildcard. */
export function concrete(mediaType: string, kind: MediaKind): string {
  if (essence(mediaType) === 'application/form-data') return 'multipart/form-data'
  if (!isWildcard(mediaType)) return mediaType
  const suffix = /\*(\+[a-z-]+)$/.exec(essence(mediaType))?.[1]
  if (kind === 'json') return 'application/json'
  if (kind === 'text') return suffix === '+xml' ? 'application/xml' : 'text/plain'
  return 'application/octet-stream'
}
