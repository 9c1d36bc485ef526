/** Connectors as people see them, built-in and imported alike. */
import type { Connector, Manifest } from '../connectors/connector.ts'
import type { ImportedDocument, SecurityScheme } from './openapi/types.ts'
import type { ConnectorDetail, ConnectorRow, DocumentOrigin, SummaryRow } from './store.ts'

/** What a list shows of a connector, built-in or imported. */
export interface ConnectorSummary extends Omit<SummaryRow, 'origin' | 'createdAt' | 'updatedAt' | 'hasServer'> {
  origin: 'built-in' | DocumentOrigin
  /** Null for built-in connectors. */
  createdAt: Date | null
  updatedAt: Date | null
}

export interface ConnectorFacts extends ConnectorSummary {
  manifest: Manifest
  /** Undefined for built-in connectors, as is the revision. */
  detail: ConnectorDetail | undefined
  revision: number | undefined
}

export function factsOfBuiltIn({ manifest }: Connector): ConnectorFacts {
  return {
    ...summaryOfManifest(manifest), id: manifest.type, type: manifest.type, origin: 'built-in', operationCount: manifest.capabilities.operations.length,
    sourceUrl: null, createdAt: null, updatedAt: null, manifest, detail: undefined, revision: undefined,
  }
}

export function factsOfRow({ id, kind, name, origin, manifest, detail, revision, createdAt, updatedAt }: ConnectorRow): ConnectorFacts {
  return {
    ...summaryOfManifest(manifest), id, type: kind, name, origin, operationCount: detail.operationCount,
    sourceUrl: detail.sourceUrl, createdAt, updatedAt, manifest, detail, revision,
  }
}

function summaryOfManifest({ name, description, kind, version, service, categories, capabilities, supportLevel, documentation, lastUpdated }: Manifest): Pick<ConnectorSummary,
  'name' | 'description' | 'kind' | 'version' | 'service' | 'categories' | 'authentication' | 'supportLevel' | 'documentation' | 'lastUpdated'> {
  return { name, description, kind, version, service, categories, authentication: capabilities.authentication, supportLevel, documentation, lastUpdated }
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
