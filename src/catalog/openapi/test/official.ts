import { validate } from '@scalar/openapi-parser'
import type { Json } from '../types.ts'

/** What the official JSON Schema of OpenAPI 3.2 says against a document; empty when it is valid. */
export async function officialFaults(document: Json): Promise<string[]> {
  const { errors = [] } = await validate(structuredClone(document))
  return errors.map(error => `${JSON.stringify(error.path)}: ${error.message}`)
}
