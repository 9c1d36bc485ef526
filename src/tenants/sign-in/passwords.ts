/** Passwords: scrypt, and a refusal of those that are guessed first. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { HubError } from '../../errors.ts'

export const PASSWORD_MIN_LENGTH = 12
export const PASSWORD_MAX_LENGTH = 256

/** OWASP's figures for scrypt: 32 MiB, some 0.2 s. */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const KEY_BYTES = 32
/** A hash takes one of libuv's few threads, which look up names and read files too. */
const AT_ONCE = 2

/** `scrypt$N$r$p$salt$hash`, so that stronger figures may follow later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Where there is no password to compare with, it takes as long, and answers false. */
export async function verifyPassword(password: string, stored: string | null | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (stored ?? nobodys).split('$')
  const expected = Buffer.from(hash, 'base64url')
  const given = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  return timingSafeEqual(given, expected) && stored !== null && stored !== undefined
}

const nobodys = ['scrypt', COST.N, COST.r, COST.p, randomBytes(16).toString('base64url'), randomBytes(KEY_BYTES).toString('base64url')].join('$')

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => { waiting.push(resolve) })
  else running += 1
  try {
    // The same letters, however a keyboard composed them.
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => { if (error) reject(error); else resolve(key) })
    })
  } finally {
    // Whoever waits takes over the place.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}

/** What lists of leaked passwords begin with, without their digits and signs. */
const guessedFirst = [
  'password', 'passwort', 'motdepasse', 'contrasena', 'qwertyuiop', 'qwerty', 'qwertz', 'azerty', 'asdfghjkl', 'asdfgh', 'zxcvbnm', 'zxcvbn', 'qazwsx', 'letmein', 'welcome',
  'iloveyou', 'loveyou', 'monkey', 'dragon', 'sunshine', 'princess', 'football', 'baseball', 'superman', 'batman', 'master', 'shadow', 'michael', 'jordan', 'hunter',
  'trustno', 'starwars', 'whatever', 'freedom', 'secret', 'changeme', 'default', 'admin', 'administrator', 'root', 'user', 'guest', 'login', 'test', 'hello', 'abc', 'pass',
  'summer', 'winter', 'spring', 'autumn', 'january', 'february', 'interchange', 'integration', 'hub', 'owner', 'company', 'server', 'temp',
]
const runs = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
/** What must be left of a password besides such parts, and how many letters of it must differ. */
const LEFT_MIN = 6
const DIFFERENT_MIN = 5

/** Throws HubError `invalid_input`. `about`: what is known of the user. */
export function checkPassword(password: string, about: string[]): void {
  const fault = faultOf(password, about)
  if (fault !== undefined) throw new HubError('invalid_input', `/password: ${fault}.`, { errors: [{ pointer: '/password', detail: fault }] })
}

function faultOf(password: string, about: string[]): string | undefined {
  if ([...password].length < PASSWORD_MIN_LENGTH) return `takes ${PASSWORD_MIN_LENGTH} characters or more`
  if (password.length > PASSWORD_MAX_LENGTH) return `takes ${PASSWORD_MAX_LENGTH} characters at most`
  const own = about.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((part) => part.length >= 3)
  const left = withoutParts(plain(password.toLowerCase()), [...guessedFirst, ...own.map(plain)])
  if (left.length < LEFT_MIN || new Set(left).size < DIFFERENT_MIN) return 'is one of those that are guessed first; several words that have nothing to do with each other are a good one'
  return undefined
}

const alike: Record<string, string> = { '@': 'a', '4': 'a', '3': 'e', '1': 'i', '!': 'i', '0': 'o', '$': 's', '5': 's', '7': 't' }

/** Signs between letters that stand for letters are those letters. */
function plain(text: string): string {
  return text.replaceAll(/(?<=\p{L})[@4310$57!](?=[@4310$57!]?\p{L})/gu, (sign) => alike[sign] ?? sign)
}

function withoutParts(text: string, parts: string[]): string {
  let left = text
  for (const part of [...parts].sort((a, b) => b.length - a.length)) if (part.length > 0) left = left.replaceAll(part, '')
  // Years, and runs of three or more on the keyboard or in the alphabet, either way.
  left = left.replaceAll(/(19|20)\d\d/g, '')
  for (const run of runs.flatMap((each) => [each, [...each].reverse().join('')])) {
    for (let length = run.length; length >= 3; length -= 1) {
      for (let at = 0; at + length <= run.length; at += 1) left = left.replaceAll(run.slice(at, at + length), '')
    }
  }
  return left.replaceAll(/(.)\1+/gu, '$1').replaceAll(/[^\p{L}\p{N}]+/gu, '')
}
