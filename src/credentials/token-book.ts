/** The access tokens of one credential that this process knows: those in use, and those that were, for masking. */
import { boundedCache } from '../lib/bounded-cache.ts'
import { createMask, type Mask } from '../lib/mask.ts'
import type { Token } from './token-request.ts'

const TOKENS_MAX = 100
const MASKED_MAX = 20

export class TokenBook {
  /** Token key → token. */
  readonly #tokens = boundedCache<Token>(TOKENS_MAX)
  #secrets: string[] = []

  find(tokenKey: string): Token | undefined { return this.#tokens.get(tokenKey) }

  keep(tokenKey: string, token: Token): void {
    this.#tokens.set(tokenKey, token)
    // Those before may still be on their way somewhere. A new list, by which masks see the change.
    if (!this.#secrets.includes(token.accessToken)) this.#secrets = [token.accessToken, ...this.#secrets].slice(0, MASKED_MAX)
  }

  /** No longer to be used; masked it is still. */
  drop(tokenKey: string): void { this.#tokens.delete(tokenKey) }
  dropAll(): void { this.#tokens.clear() }

  get secrets(): readonly string[] { return this.#secrets }
}

/** Masks `secrets`, and whatever tokens the book comes to hold. */
export function maskWith(book: TokenBook, secrets: string[]): Mask {
  let seen: readonly string[] | undefined
  let mask: Mask
  const current = (): Mask => {
    if (seen !== book.secrets) {
      seen = book.secrets
      mask = createMask([...secrets, ...seen])
    }
    return mask
  }
  return { mask: (text) => current().mask(text), maskJson: (json) => current().maskJson(json), maskValue: (value) => current().maskValue(value), needles: (shortest) => current().needles(shortest) }
}

const KEPT_MAX = 10_000

export interface TokenBooks {
  of(tenantId: string, credentialId: string): TokenBook
  find(tenantId: string, credentialId: string): TokenBook | undefined
  all(): Iterable<TokenBook>
}

/** A credential has one book as long as anybody holds it: masks made from it then see every token that is fetched later. */
export function createTokenBooks(): TokenBooks {
  const recent = boundedCache<TokenBook>(KEPT_MAX)
  const known = new Map<string, WeakRef<TokenBook>>()
  const gone = new FinalizationRegistry<string>((name) => { if (known.get(name)?.deref() === undefined) known.delete(name) })
  const find = (tenantId: string, credentialId: string): TokenBook | undefined => known.get(`${tenantId}:${credentialId}`)?.deref()
  return {
    find,
    of(tenantId, credentialId) {
      const name = `${tenantId}:${credentialId}`
      let book = find(tenantId, credentialId)
      if (book === undefined) {
        book = new TokenBook()
        known.set(name, new WeakRef(book))
        gone.register(book, name)
      }
      recent.set(name, book)
      return book
    },
    * all() {
      for (const reference of known.values()) {
        const book = reference.deref()
        if (book !== undefined) yield book
      }
    },
  }
}
