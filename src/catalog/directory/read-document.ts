/** For tests and benchmarks: one document of the catalogue, out of an archive that all of a machine's runs share. */
import { fileURLToPath } from 'node:url'
import { HubError } from '../../errors.ts'
import { createDocumentArchive, type DocumentArchive } from './archive.ts'
import { createCatalogue } from './catalogue.ts'

/** Obtained once with npm, some 90 MB while it is made and 43 MB afterwards. */
export const sharedCacheFolder = fileURLToPath(new URL('../../../node_modules/.cache/interchange', import.meta.url))

const catalogue = createCatalogue()

/** The document's JSON. `serviceId` as in the catalogue: `stripe.com`, `googleapis.com:gmail`. Throws HubError `not_found`. */
export async function readDocument(serviceId: string, archive?: DocumentArchive): Promise<Buffer> {
  const file = (await catalogue.find(serviceId))?.file
  if (file === undefined || file === null) throw new HubError('not_found', `The catalogue has no service ${JSON.stringify(serviceId.slice(0, 200))}.`)
  const used = archive ?? createDocumentArchive({ cacheFolder: sharedCacheFolder })
  try {
    return await used.read(file)
  } finally {
    if (archive === undefined) await used.close()
  }
}
