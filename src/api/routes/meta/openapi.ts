/** What the API says of itself: its OpenAPI document, and a reference made from it. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { referencePage } from '../../docs/page.ts'
import { createApiDocument, type ApiDocument } from '../../openapi.ts'
import { Answer, defineRoute, type Route } from '../../route.ts'

const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `table` gives all routes, these among them; it is asked at the first request. */
export function openApiRoutes(table: () => Route[]): Route[] {
  const document = once(async () => createApiDocument(table(), { version: await readVersion() }))
  const json = once(async () => JSON.stringify(await document()))
  const page = once(async () => referencePage(await document()))
  return [
    defineRoute({
      method: 'GET', path: '/openapi.json', scope: 'public', tag: 'Operations', summary: 'Get the OpenAPI 3.1 document of this API.',
      reply: z.record(z.string(), z.unknown()),
      handle: async () => new Answer({ body: await json(), headers: { 'content-type': 'application/json; charset=utf-8' } }),
    }),
    defineRoute({
      method: 'GET', path: '/docs', scope: 'public', tag: 'Operations', summary: 'Read this reference.',
      reply: z.string().meta({ contentMediaType: 'text/html' }),
      handle: async () => asset('text/html; charset=utf-8', await page()),
    }),
    ...(['reference.css', 'reference.js'] as const).map((file) => {
      const read = once(() => readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8'))
      const type = file.endsWith('.css') ? 'text/css' : 'text/javascript'
      return defineRoute({
        method: 'GET', path: `/docs/${file}`, scope: 'public', tag: 'Operations', summary: `Get the reference's ${file.endsWith('.css') ? 'style sheet' : 'script'}.`,
        reply: z.string().meta({ contentMediaType: type }),
        handle: async () => asset(`${type}; charset=utf-8`, await read()),
      })
    }),
  ]
}

function asset(contentType: string, body: string): Answer {
  return new Answer({ body, headers: { 'content-type': contentType, 'content-security-policy': pagePolicy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' } })
}

async function readVersion(): Promise<ApiDocument['info']['version']> {
  const text = await readFile(new URL('../../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Made at the first call; a failure is tried again. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => made ??= make().catch((error: unknown) => {
    made = undefined
    throw error
  })
}
