import type { CredentialField, JsonSchema, OAuthOptions } from '../../connectors/connector.ts'
import { isWebUrl } from '../../lib/web-url.ts'
import { dereferenced } from './normalise/path-parameters.ts'
import { isObject } from './normalise/reading.ts'
import type { Json, OAuthFlow, SecurityScheme } from './types.ts'

/** The document's security schemes, and a sentence for each that the hub cannot serve. */
export function readSchemes(normal: Json): { schemes: Record<string, SecurityScheme>, unsupported: string[] } {
  const components = isObject(normal['components']) ? normal['components'] : {}
  const source = isObject(components['securitySchemes']) ? components['securitySchemes'] : {}
  const schemes: Record<string, SecurityScheme> = {}
  const unsupported: string[] = []
  for (const name of Object.keys(source)) {
    const scheme = schemeOf(dereferenced(normal, source[name]) ?? {})
    if (scheme.type === 'awsSigV4') scheme.service = signingName(normal)
    schemes[name] = scheme
    if (credentialFieldOf(name, scheme, false) === undefined) {
      const kind = scheme.type === 'http' ? `HTTP ${scheme.scheme ?? ''} authentication` : scheme.type === 'mutualTLS' ? 'a client certificate' : 'an unknown kind of authentication'
      unsupported.push(`The security scheme ${name.slice(0, 80)} asks for ${kind}, which is not supported`)
    }
  }
  return { schemes, unsupported }
}

/** The name that signatures carry is the document's own word for it, else the service's, which mostly is the same. */
function signingName(normal: Json): string {
  const info = isObject(normal['info']) ? normal['info'] : {}
  return String(info['x-aws-signingName'] ?? info['x-serviceName'] ?? 'execute-api')
}

function schemeOf(source: Json): SecurityScheme {
  const description = typeof source['description'] === 'string' ? { description: source['description'] } : {}
  const type = source['type']
  if (type === 'apiKey') {
    // How Amazon marks requests signed with its Signature Version 4, as the header that carries the signature.
    const signed = /^aws(?:sigv4|s3)$/i.test(String(source['x-amazon-apigateway-authtype'] ?? ''))
    if (signed) return { type: 'awsSigV4', ...description }
    return { type, ...description, name: String(source['name']), in: source['in'] as 'header' }
  }
  if (type === 'http') return { type, ...description, scheme: String(source['scheme']) }
  if (type === 'oauth2') return { type, ...description, flows: source['flows'] as Record<string, OAuthFlow> }
  if (type === 'openIdConnect') return { type, ...description, openIdConnectUrl: String(source['openIdConnectUrl'] ?? '') }
  return { type: type === 'mutualTLS' ? 'mutualTLS' : 'unknown', ...description }
}

/** How to ask for a scheme's credential; undefined where the hub cannot apply it. */
export function credentialFieldOf(name: string, scheme: SecurityScheme, required: boolean): CredentialField | undefined {
  const about = scheme.description === undefined ? {} : { description: scheme.description }
  const field = (label: string, type: CredentialField['type'], schema?: JsonSchema): CredentialField =>
    ({ label, type, required, ...about, ...(schema !== undefined && { schema }) })
  switch (scheme.type) {
    case 'apiKey': return field(`API key (${scheme.in === 'query' ? 'query parameter' : scheme.in} ${scheme.name})`, 'password')
    case 'http': return scheme.scheme === 'basic' ? field('User name and password', 'password', basicSchema) : scheme.scheme === 'bearer' ? field('Bearer token', 'password') : undefined
    case 'oauth2': {
      const oauth = oauthOptionsOf(scheme)
      if (scheme.flows?.['clientCredentials']?.tokenUrl !== undefined) return { ...field(`OAuth client (${name})`, 'oauth', clientSchema), ...oauth && { oauth } }
      return oauth === undefined ? field(`Access token (${name})`, 'password') : { ...field(`Connected account or access token (${name})`, 'oauth'), oauth }
    }
    case 'openIdConnect': {
      const url = scheme.openIdConnectUrl ?? ''
      return isWebUrl(url) ? { ...field(`Connected account or access token (${name})`, 'oauth'), oauth: { openIdConnectUrl: url } } : field(`Access token (${name})`, 'password')
    }
    case 'awsSigV4': return field('AWS access key', 'password', awsSchema)
    default: return undefined
  }
}

/** How somebody connects an account for it; undefined where the scheme has no flow for that. */
function oauthOptionsOf({ flows = {} }: SecurityScheme): OAuthOptions | undefined {
  const { authorizationCode: code, deviceAuthorization: device } = flows
  const flow = code ?? device
  if (flow === undefined) return undefined
  const urls = Object.entries({ authorizationUrl: code?.authorizationUrl, tokenUrl: flow.tokenUrl, deviceAuthorizationUrl: device?.deviceAuthorizationUrl })
  // Those below the server, which an integration names, are told by the client instead.
  return { ...Object.fromEntries(urls.filter((each): each is [string, string] => isWebUrl(each[1]))), scopes: flow.scopes ?? {} }
}

const basicSchema: JsonSchema = {
  type: 'object',
  properties: { username: { type: 'string', title: 'User name' }, password: { type: 'string', title: 'Password', writeOnly: true } },
  required: ['username', 'password'],
}

const clientSchema: JsonSchema = {
  type: 'object',
  properties: {
    clientId: { type: 'string', title: 'Client id' },
    clientSecret: { type: 'string', title: 'Client secret', writeOnly: true },
    scopes: { type: 'array', items: { type: 'string' }, title: 'Scopes', description: 'What to ask for; what each operation declares when left out.' },
  },
  required: ['clientId', 'clientSecret'],
}

const awsSchema: JsonSchema = {
  type: 'object',
  properties: {
    accessKeyId: { type: 'string', title: 'Access key id' },
    secretAccessKey: { type: 'string', title: 'Secret access key', writeOnly: true },
    sessionToken: { type: 'string', title: 'Session token', writeOnly: true },
    region: { type: 'string', title: 'Region', description: 'For instance eu-central-1; the server\'s own when left out.' },
  },
  required: ['accessKeyId', 'secretAccessKey'],
}
