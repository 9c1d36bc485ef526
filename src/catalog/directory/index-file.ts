/** The shape of index.json: one row a service, and lists that the rows point into. Written by scripts/build-catalogue-index.ts. */

export type IndexRow = [
  /** Of the document, in the package. The service's id follows from it. */
  file: string,
  name: string,
  description: string,
  vendor: number,
  version: string,
  categories: number[],
  auth: number[],
  operations: number,
  originUrl: string,
  /** `YYYY-MM-DD`, or 0 where the document states none. */
  date: string | 0,
  /** A slug of simple-icons, or 0 for a monogram. */
  logo: string | 0,
  /** 1 where the document names no server of its own. */
  needsEndpoint: 0 | 1,
  /** Id of the newer version that stands for this one in lists, or 0. */
  newer: string | 0,
]

export interface IndexFile {
  package: string
  version: string
  /** When the package was built, `YYYY-MM-DD`: no document is newer. */
  built: string
  vendors: [domain: string, name: string][]
  categories: string[]
  auth: string[]
  /** Slug → brand colour, for the icons that the rows use. */
  icons: Record<string, string>
  /** Slugs of simple-icons that state a licence of their own. */
  licensedIcons: string[]
  services: IndexRow[]
}

/** `stripe.com.json` → `stripe.com`, `googleapis.com/gmail.json` → `googleapis.com:gmail`: stands in a URL's path as it is. */
export function idOf(file: string): string {
  return file.replace(/\.json$/, '').replace('/', ':').replaceAll(/[^A-Za-z0-9._:-]+/g, '-')
}
