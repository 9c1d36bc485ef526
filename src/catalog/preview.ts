/** What is in a document, before it is a connector. */
import type { Catalogue } from './directory/catalogue.ts'
import type { DocumentArchive } from './directory/archive.ts'
import { HubError } from '../errors.ts'
import { boundedCache } from '../lib/bounded-cache.ts'
import { authenticationOf } from './facts.ts'
import { prepare, understand, type ImportDeps } from './importing.ts'
import { readFromCatalogue } from './installing.ts'
import type { ImportedDocument } from './openapi/types.ts'
import type { DocumentSource } from './source.ts'

export interface DocumentPreview {
  title: string
  version: string
  specification: string
  description: string
  servers: string[]
  authentication: string[]
  operationCount: number
  /** The first of them. */
  operations: { id: string, method: string, path: string, summary: string }[]
  warnings: string[]
}

export interface PreviewDeps extends Pick<ImportDeps, 'http'> { catalogue: Catalogue, archive: Pick<DocumentArchive, 'read'> }

const SHOWN = 200
const LONGEST_DESCRIPTION = 2000
const KEPT_MAX = 100

/** Throws HubError as an import does; nothing is stored. */
export async function previewDocument(deps: PreviewDeps, source: DocumentSource): Promise<DocumentPreview> {
  return previewOf((await prepare(deps, source)).document)
}

/** Looks into services of the catalogue by their ids; throws HubError `not_found`. Each is read once: the catalogue is the same as long as the hub runs. */
export function createCataloguePreview(deps: PreviewDeps): (id: string) => Promise<DocumentPreview> {
  const kept = boundedCache<Promise<DocumentPreview>>(KEPT_MAX)
  return (id) => {
    const known = kept.get(id)
    if (known !== undefined) return known
    const reading = readOfCatalogue(deps, id)
    kept.set(id, reading)
    // Whoever asks next tries again: a network may be back.
    reading.catch(() => { kept.delete(id) })
    return reading
  }
}

async function readOfCatalogue(deps: PreviewDeps, id: string): Promise<DocumentPreview> {
  const listed = await readFromCatalogue(deps, id)
  if (listed === undefined) throw new HubError('not_found', `The catalogue has no service ${id.slice(0, 128)}.`)
  return previewOf(await understand(listed.read))
}

function previewOf({ title, version, specification, description, servers, securitySchemes, operations, warnings }: ImportedDocument): DocumentPreview {
  return {
    title, version, specification, description: (description ?? '').slice(0, LONGEST_DESCRIPTION), servers: servers.map(({ url }) => url).slice(0, 20), authentication: authenticationOf(securitySchemes), operationCount: operations.length, warnings: warnings.slice(0, 50),
    operations: operations.slice(0, SHOWN).map(({ id, method, path, summary }) => ({ id, method, path, summary })),
  }
}
