/** What the index says of one document, read out of the document alone. */

export interface Facts {
  file: string
  vendor: string
  /** Empty where the vendor has one service. */
  service: string
  title: string
  description: string
  version: string
  /** `YYYY-MM-DD`, where the document states one. */
  date: string | undefined
  categories: string[]
  auth: string[]
  operations: number
  originUrl: string
  /** The document names no server of its own: an address must be given. */
  needsEndpoint: boolean
}

interface Scheme { type?: string, scheme?: string, flows?: Record<string, unknown>, 'x-amazon-apigateway-authtype'?: string }
interface Info {
  title?: string, version?: unknown, description?: string
  'x-providerName': string, 'x-serviceName'?: string, 'x-apisguru-categories'?: string[], 'x-origin'?: { url?: string }[]
}
interface Document {
  info: Info
  servers?: { url?: string }[]
  paths?: Record<string, Record<string, unknown>>
  components?: { securitySchemes?: Record<string, Scheme> }
}

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])
const FEWEST_OPERATIONS = 3

/** Undefined for a service that cannot be used: no https server, too few operations, or no authentication that the hub can do. */
export function readFacts(file: string, document: Document): Facts | undefined {
  const { info } = document
  const operations = countOperations(document)
  const auth = readAuth(document)
  const server = readServer(document)
  if (server === undefined || operations < FEWEST_OPERATIONS || auth.length === 0) return undefined
  return {
    file, operations, auth, ...server,
    vendor: info['x-providerName'], service: info['x-serviceName'] ?? '',
    title: plainText(info.title ?? ''), description: shortDescription(info.description ?? ''),
    ...readVersion(info.version), categories: readCategories(info),
    originUrl: info['x-origin']?.at(-1)?.url ?? '',
  }
}

function countOperations({ paths = {} }: Document): number {
  return Object.values(paths).reduce((sum, item) => sum + Object.keys(item).filter((key) => methods.has(key)).length, 0)
}

/** The kinds that the hub can do, as connectors' manifests call them. A document without schemes is taken for open. */
function readAuth({ components }: Document): string[] {
  const schemes = Object.values(components?.securitySchemes ?? {})
  if (schemes.length === 0) return ['none']
  return [...new Set(schemes.map(authOf).filter((kind) => kind !== undefined))].sort()
}

function authOf(scheme: Scheme): string | undefined {
  const named = scheme.scheme?.toLowerCase()
  if (scheme.type === 'http') return named === 'basic' || named === 'bearer' ? named : undefined
  if (scheme.type === 'apiKey') return /^aws/i.test(scheme['x-amazon-apigateway-authtype'] ?? '') ? 'awsSigV4' : 'apiKey'
  if (scheme.type !== 'oauth2') return undefined
  const flows = Object.keys(scheme.flows ?? {})
  if (flows.includes('clientCredentials')) return 'oauth2ClientCredentials'
  // Implicit alone gives tokens to browsers only; 478 documents have nothing else.
  return flows.some((flow) => flow !== 'implicit') ? 'oauth2' : undefined
}

function readServer({ servers = [] }: Document): { needsEndpoint: boolean } | undefined {
  const hosts = servers.map(({ url = '' }) => /^https:\/\/([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase()).filter((host) => host !== undefined)
  const reachable = hosts.filter((host) => !/^[\d.]+$/.test(host))
  if (reachable.length === 0) return undefined
  return { needsEndpoint: reachable.every(isPlaceholder) }
}

function isPlaceholder(host: string): boolean {
  return /(^|\.)(local|localhost|example|invalid|test)$/.test(host) || /(^|\.)example\.(com|org|net)$/.test(host) || /^(your|my)[-_.]/.test(host)
}

const dateForm = /(?<!\d)(?:(?<year>(?:19|20)\d\d)([-.])(?<month>\d{1,2})\2(?<day>\d{1,2})|(?<year>(?:19|20)\d\d)(?<month>\d\d)(?<day>\d\d))(?!\d)/

/** The package's own build turned some versions into the moment of the build, which says nothing of the document. */
function readVersion(version: unknown): { version: string, date: string | undefined } {
  const text = String(version ?? '').trim()
  if (isBuildMoment(text)) return { version: '', date: undefined }
  const { year, month = '', day = '' } = dateForm.exec(text)?.groups ?? {}
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return { version: text.slice(0, 40), date: year !== undefined && isDate(date) ? date : undefined }
}

export function isBuildMoment(version: string): boolean {
  return / GMT[+-]\d{4} \(/.test(version)
}

function isDate(text: string): boolean {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) && time < Date.now()
}

/** Some documents hold a category as a list of its letters. */
function readCategories(info: Info): string[] {
  const found = info['x-apisguru-categories'] ?? []
  const named = found.length > 1 && found.every((each) => each.length === 1) ? [found.join('')] : found
  return named.length === 0 ? ['other'] : [...new Set(named)]
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', mdash: '–', ndash: '–', rsquo: '’', lsquo: '‘', ldquo: '“', rdquo: '”', reg: '®', trade: '™' }

/** Without HTML and Markdown, on one line. */
function plainText(source: string): string {
  return source
    .replaceAll(/<(fullname|h[1-6])\b[^>]*>[^<]*<\/\1>/gi, ' ').replaceAll(/^\s*#{1,6}\s.*$/gm, ' ').replaceAll(/<(style|script)[\s\S]*?<\/\1>/gi, ' ').replaceAll(/<!--[\s\S]*?-->/g, ' ').replaceAll(/<[^>]{0,500}>/g, ' ')
    .replaceAll(/```[\s\S]*?(```|$)/g, ' ').replaceAll(/!\[[^\]]*\]\([^)]*\)/g, ' ').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/^\s*\|?[-:| ]{3,}\|?\s*$/gm, ' ').replaceAll(/^\s*[=\-_*]{3,}\s*$/gm, ' ').replaceAll(/^\s*(?:[*+-]\s|>)/gm, ' ').replaceAll(/[*`|]+|__+/g, ' ')
    .replaceAll(/&(?:#(\d+)|([a-z]+));/gi, (whole, code: string | undefined, name: string | undefined) => code === undefined ? entities[name?.toLowerCase() ?? ''] ?? whole : String.fromCodePoint(Math.min(Number(code), 0x10FFFF)))
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').replaceAll(/ ([.,;:!?])(?= |$)/g, '$1').trim()
}

const LONGEST_DESCRIPTION = 160

/** Whole sentences where they fit, else cut at a word. */
function shortDescription(source: string): string {
  const text = plainText(source)
  if (text.length <= LONGEST_DESCRIPTION) return text
  const start = text.slice(0, LONGEST_DESCRIPTION)
  const sentence = /^.{40,}[\p{L}\d)'"’”]{5}[.!?](?= )/su.exec(start)?.[0]
  if (sentence !== undefined) return sentence
  return `${start.slice(0, LONGEST_DESCRIPTION - 1).replace(/[\s,;:]*\S*$/, '')}…`
}
