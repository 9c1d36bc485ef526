import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Json } from '../types.ts'

// The official schema comes with the parser, which would compile it anew for every document.
const parser = pathToFileURL(createRequire(import.meta.url).resolve('@scalar/openapi-parser'))
const { default: schema } = await import(/* @vite-ignore */ new URL('schemas/v3.2/schema.js', parser).href) as { default: Json }
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addFormat('media-range', true)
const validate = ajv.compile(schema)

/** What the official JSON Schema of OpenAPI 3.2 says against a document; empty when it is valid. */
export function officialFaults(document: Json): string[] {
  return validate(document) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
