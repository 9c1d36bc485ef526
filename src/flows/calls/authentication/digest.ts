/** HTTP digest authentication: RFC 7616, and RFC 2069 where a server asks for no quality of protection. */
import { createHash, randomBytes } from 'node:crypto'
import { fault } from '../../fault.ts'

export interface DigestRequest {
  /** `www-authenticate` as it came. */
  challenge: string | string[] | undefined
  method: string
  url: string
  body: unknown
}

const algorithms: Record<string, string> = { 'MD5': 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' }

/** What follows `Digest` in the header; undefined where the answer holds no digest challenge. Throws FlowFault `authentication` for one that cannot be met. */
export function digestAnswer(policy: Record<string, unknown>, { challenge, method, url, body }: DigestRequest): string | undefined {
  const challenges = [challenge ?? []].flat().flatMap(readChallenges)
  if (challenges.length === 0) return undefined
  const usable = challenges.filter(({ algorithm = 'MD5' }) => algorithms[baseOf(algorithm)] !== undefined)
  const [chosen] = usable.sort((a, b) => strength(b) - strength(a))
  if (chosen === undefined) throw fault('authentication', 'The service asks for a digest algorithm that is not supported.')
  const { username, password } = policy['digest'] as { username: string, password: string }
  return answer(chosen, { username, password, method: method.toUpperCase(), url, body })
}

type Challenge = Record<string, string>

interface Answering { username: string, password: string, method: string, url: string, body: unknown }

function answer({ realm = '', nonce = '', opaque, qop, algorithm = 'MD5' }: Challenge, { username, password, method, url, body }: Answering): string {
  const hash = (text: string | Uint8Array): string => createHash(algorithms[baseOf(algorithm)]!).update(text).digest('hex')
  const { pathname, search } = new URL(url)
  const uri = pathname + search
  const cnonce = randomBytes(16).toString('hex')
  const nc = '00000001'
  const offered = qop?.split(',').map((each) => each.trim().toLowerCase())
  const quality = offered === undefined ? undefined : offered.includes('auth') ? 'auth' : offered.includes('auth-int') ? 'auth-int' : undefined
  if (offered !== undefined && quality === undefined) throw fault('authentication', 'The service asks for a quality of digest protection that is not supported.')
  const plain = hash(`${username}:${realm}:${password}`)
  const secret = /-sess$/i.test(algorithm) ? hash(`${plain}:${nonce}:${cnonce}`) : plain
  const about = quality === 'auth-int' ? hash(`${method}:${uri}:${hash(body as string | undefined ?? '')}`) : hash(`${method}:${uri}`)
  const response = quality === undefined ? hash(`${secret}:${nonce}:${about}`) : hash(`${secret}:${nonce}:${nc}:${cnonce}:${quality}:${about}`)
  const quoted = { username, realm, nonce, uri, response, ...opaque !== undefined && { opaque }, ...quality !== undefined && { cnonce } }
  const parts = Object.entries(quoted).map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
  return [...parts, `algorithm=${algorithm}`, ...quality === undefined ? [] : [`qop=${quality}`, `nc=${nc}`]].join(', ')
}

function baseOf(algorithm: string): string {
  return algorithm.toUpperCase().replace(/-SESS$/, '')
}

function strength({ algorithm = 'MD5' }: Challenge): number {
  return Object.keys(algorithms).indexOf(baseOf(algorithm))
}

/** The digest challenges of a header, which may hold others beside them. */
function readChallenges(header: string): Challenge[] {
  return header.split(/(?:^|,\s*)(?=[A-Za-z][A-Za-z0-9-]*\s+[A-Za-z0-9_-]+\s*=)/).filter((part) => /^digest\s/i.test(part)).map((part) => {
    const challenge: Challenge = {}
    for (const [, name = '', quoted, plain] of part.slice('digest'.length).matchAll(/([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
      challenge[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''
    }
    return challenge
  })
}
