/** OpenID Connect as the library speaks it. */
import * as client from 'openid-client'
import { HubError, isHubError } from '../../../errors.ts'
import type { Claims } from './admit.ts'
import type { OpenIdProvider } from './settings.ts'

export type Configuration = client.Configuration

/** What only the browser that began knows. */
export interface Proof { state: string, nonce: string, verifier: string }

const TIMEOUT_SECONDS = 10

export function makeProof(): Proof {
  return { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() }
}

export async function authorizationUrl(configuration: Configuration, { redirectUri, scope, proof }: { redirectUri: string, scope: string, proof: Proof }): Promise<string> {
  const { state, nonce, verifier } = proof
  return client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri, scope, state, nonce, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }).href
}

/** Throws HubError `upstream_unavailable`. */
export async function discover(provider: OpenIdProvider): Promise<Configuration> {
  try {
    return await configure(provider)
  } catch (error) {
    throw new HubError('upstream_unavailable', `${provider.name} cannot be reached, or does not describe itself as its issuer.`, { cause: error })
  }
}

async function configure({ issuer, clientId, clientSecret }: OpenIdProvider): Promise<Configuration> {
  // The operator names the issuer: one without TLS is his own, as in a test or behind his own walls.
  const execute = [client.enableNonRepudiationChecks, ...issuer.startsWith('http:') ? [client.allowInsecureRequests] : []]
  const found = await client.discovery(new URL(issuer), clientId, undefined, client.None(), { execute, timeout: TIMEOUT_SECONDS })
  if (clientSecret === undefined) return found
  const metadata = found.serverMetadata()
  // In the way that the provider says it takes; unless it says, by basic authentication.
  const ways = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const authentication = ways.includes('client_secret_basic') ? client.ClientSecretBasic(clientSecret) : client.ClientSecretPost(clientSecret)
  const configuration = new client.Configuration(metadata, clientId, clientSecret, authentication)
  configuration.timeout = TIMEOUT_SECONDS
  for (const each of execute) each(configuration)
  return configuration
}

/** Of the code that the browser came back with. Throws HubError `sign_in_failed`, `upstream_unavailable`. */
export async function claimsOf(provider: OpenIdProvider, configuration: Configuration, url: URL, { state, nonce, verifier }: Proof): Promise<Claims> {
  try {
    const tokens = await client.authorizationCodeGrant(configuration, url, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true })
    const claims = tokens.claims()!
    if (claims['email'] !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return claims as Claims
    // Some tell the address there alone. It is the same subject's, which the library checks.
    return { ...await client.fetchUserInfo(configuration, tokens.access_token, claims.sub), iss: claims.iss, sub: claims.sub } as Claims
  } catch (error) {
    throw failure(provider, error)
  }
}

function failure({ name }: OpenIdProvider, error: unknown): HubError {
  if (isHubError(error)) return error
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    return new HubError('sign_in_failed', `${name} did not sign you in. Begin again.`, { cause: error })
  }
  // An answer that does not hold together: another's code, a wrong signature, state, nonce, issuer, audience or time.
  if (error instanceof client.ClientError && error.code !== 'OAUTH_TIMEOUT') return new HubError('sign_in_failed', `What ${name} answered could not be verified. Begin again.`, { cause: error })
  return new HubError('upstream_unavailable', `${name} cannot be reached.`, { cause: error })
}
