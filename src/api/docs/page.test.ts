import { expect, test } from 'vitest'
import { z } from 'zod'
import { errorCodes } from '../../errors.ts'
import { createApiDocument } from '../openapi.ts'
import { defineRoute } from '../route.ts'
import { routes } from '../routes/index.ts'
import { turnsDuring } from '../turns.fixture.ts'
import { curlOf } from './curl.ts'
import { referencePage } from './page.ts'

const document = await createApiDocument(routes, { version: '1.0.0' })
const page = await referencePage(document)
const entries = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })))

test('the reference has every route with its parameters, answers and an example', () => {
  for (const { path, operation } of entries) {
    const [, article = ''] = page.split(`<article id="${operation.operationId}"`)
    const own = article.slice(0, article.indexOf('</article>'))
    expect(own).toContain(`<code>${path}</code>`)
    for (const { name } of operation.parameters ?? []) expect(own).toContain(`<code>${name}</code>`)
    for (const status of Object.keys(operation.responses)) expect(own).toContain(`<strong>${status}</strong>`)
    expect(own).toContain('curl ')
    expect(page).toContain(`<a href="#${operation.operationId}">`)
  }
})

test('the reference is made in pieces, with room for calls after each operation', async () => {
  expect(await turnsDuring(() => referencePage(document))).toBeGreaterThanOrEqual(entries.length)
})

test('the reference has every named schema, and links lead somewhere', () => {
  for (const name of Object.keys(document.components.schemas)) expect(page).toContain(`id="schema-${name}"`)
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids, target).toContain(target)
})

test('the reference lists every error code', () => {
  for (const code of Object.keys(errorCodes)) expect(page).toContain(`<th scope="row"><code>${code}</code></th>`)
})

test('the reference has no script or style within it', () => {
  expect(page).not.toMatch(/<style|style=|\son\w+=|javascript:/i)
  expect([...page.matchAll(/<script[^>]*>([^<]*)/g)].map(([tag]) => tag)).toEqual(['<script src="/docs/reference.js" defer>'])
})

test('text of a route stays text', async () => {
  const hostile = '<img src=x onerror=alert(1)> & "quotes" `code <b>`'
  const route = defineRoute({
    method: 'GET', path: '/x', scope: 'public', tag: hostile, summary: hostile, description: `${hostile}\n\n${hostile}`,
    query: z.object({ q: z.string().default(hostile).describe(hostile) }), reply: z.object({ [hostile]: z.enum([hostile]).describe(hostile) }) as z.ZodType, handle: async () => ({}),
  })
  const text = await referencePage(await createApiDocument([route], { version: '1' }))
  expect(text).not.toContain('<img')
  expect(text).not.toContain('<b>')
  expect(text).toContain('<code>code &lt;b&gt;</code>')
})

test('examples are commands whose body is JSON that the route takes', () => {
  for (const entry of entries) {
    const command = curlOf(document, entry)
    const [, body] = / -d '([^]*)'$/.exec(command) ?? []
    if (body === undefined) continue
    const sent: unknown = JSON.parse(body.replaceAll(String.raw`'\''`, "'"))
    const route = routes.find(({ method, path }) => method === entry.method && path.replace(/:(\w+)/g, '{$1}') === entry.path)
    const result = route?.body?.safeParse(sent)
    expect(result?.error?.issues ?? [], `${entry.operation.operationId} ${body}`).toEqual([])
  }
})
