/** The access tokens that one try was handed, so that those which the service refused can be fetched anew. */
import type { TokenRequest, TokenSource } from '../connectors/connector.ts'
import type { CredentialTokens } from '../credentials/tokens.ts'

export interface HandedTokens {
  source: TokenSource
  /** The service answered 401. False where no token was handed out: then another try would be the same. */
  refuse(): Promise<boolean>
}

export function handTokens(tokens: CredentialTokens): HandedTokens {
  const handed: { request: TokenRequest, token: string }[] = []
  return {
    source: {
      async get(request) {
        const token = await tokens.get(request)
        handed.push({ request, token })
        return token
      },
    },
    async refuse() {
      for (const { request, token } of handed) await tokens.invalidate(request, token)
      return handed.length > 0
    },
  }
}
