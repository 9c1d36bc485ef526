/** Connectors as people see them, built-in and imported alike. */
import type { Connector, IntegrationKind, Manifest } from '../connectors/connector.ts'
import type { ImportedDocument, SecurityScheme } from './openapi/types.ts'
import type { ConnectorDetail, ConnectorRow, DocumentOrigin } from './store.ts'

export interface ConnectorFacts {
  id: string
  /** What made it: `openapi`, or its own id for a hand-written one. */
  type: string
  name: string
  description: string
  kind: IntegrationKind
  origin: 'built-in' | DocumentOrigin
  manifest: Manifest
  operationCount: number
  /** Undefined for built-in connectors, as are those below. */
  detail: ConnectorDetail | undefined
  revision: number | undefined
  createdAt: Date | undefined
  updatedAt: Date | undefined
}

export function factsOfBuiltIn({ manifest }: Connector): ConnectorFacts {
  return {
    id: manifest.type, type: manifest.type, name: manifest.name, description: manifest.description, kind: manifest.kind, origin: 'built-in', manifest,
    operationCount: manifest.capabilities.operations.length, detail: undefined, revision: undefined, createdAt: undefined, updatedAt: undefined,
  }
}

export function factsOfRow(row: ConnectorRow): ConnectorFacts {
  const { id, kind, name, origin, manifest, detail, revision, createdAt, updatedAt } = row
  return { id, type: kind, name, description: manifest.description, kind: manifest.kind, origin, manifest, operationCount: detail.operationCount, detail, revision, createdAt, updatedAt }
}

export interface ManifestInput {
  id: string
  name: string
  document: Omit<ImportedDocument, 'normalised'>
  /** What the catalogue says of it. */
  catalogue?: { description: string, categories: string[], date: string } | undefined
}

/** Operations named in the manifest; a document may have 16,000, and a manifest is read with every card. */
const NAMED_OPERATIONS = 100
const LONGEST_DESCRIPTION = 20_000

export function manifestOf({ id, name, document, catalogue }: ManifestInput): Manifest {
  const host = document.servers.map(({ url }) => URL.parse(url.replace(/\{.*?\}/g, 'x'))?.host).find((each) => each !== undefined && each !== '')
  return {
    type: id, name, description: (document.description || catalogue?.description || '').slice(0, LONGEST_DESCRIPTION),
    service: host ?? document.title, version: document.version, kind: 'api', categories: catalogue?.categories ?? [],
    capabilities: {
      operations: document.operations.slice(0, NAMED_OPERATIONS).map((operation) => operation.id),
      authentication: authenticationOf(document.securitySchemes), dataTypes: [], features: ['proxy', 'response-validation'],
    },
    credentialSchema: document.credentialSchema, configurationSchema: document.configurationSchema, events: [], dependencies: [],
    supportLevel: 'community', developer: host ?? document.title, documentation: document.documentation ?? '',
    lastUpdated: catalogue?.date ?? new Date().toISOString().slice(0, 10),
  }
}

/** In the catalogue's words: none, apiKey, basic, bearer, oauth2 (an access token), oauth2ClientCredentials, awsSigV4 … */
export function authenticationOf(schemes: Record<string, SecurityScheme>): string[] {
  const kinds = new Set(Object.values(schemes).map(({ type, scheme, flows }) => {
    if (type === 'http') return scheme ?? 'http'
    return type === 'oauth2' && flows?.['clientCredentials']?.tokenUrl !== undefined ? 'oauth2ClientCredentials' : type
  }))
  kinds.delete('unknown')
  return kinds.size === 0 ? ['none'] : [...kinds]
}
