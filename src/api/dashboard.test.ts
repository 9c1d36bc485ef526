import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import Fastify, { type FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attachDashboard } from './dashboard.ts'

let folder: string
let server: FastifyInstance

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interchange-dashboard-'))
  await mkdir(join(folder, 'assets'))
  const files = { 'index.html': '<!doctype html>', 'index.html.br': 'br of the page', 'index.html.gz': 'gz of the page', 'assets/app-1234.js': 'run()', 'assets/app-1234.js.gz': 'gz of the script', 'favicon.svg': '<svg/>', '.sources.sha256': 'stamp' }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  server = Fastify()
  attachDashboard(server, { folder })
  await server.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** As it comes over the wire: nothing is decoded, and no path made nicer. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<{ status: number, headers: Record<string, unknown>, text: string }> {
  return new Promise((resolve, reject) => {
    request({ port: (server.server.address() as AddressInfo).port, path, headers, method }, (response) => {
      buffer(response).then((bytes) => { resolve({ status: response.statusCode!, headers: response.headers, text: bytes.toString() }) }, reject)
    }).on('error', reject).end()
  })
}

test('every address of the dashboard has its one page, under a strict policy, asked for again each time', async () => {
  for (const path of ['/', '/t/default/integrations', '/t/a/b/c?q=1', '/sign-in', '/welcome?token=x', '/invitation', '/password', '/connected?attempt=x']) {
    const { status, headers, text } = await get(path)
    expect({ path, status, text, type: headers['content-type'], cache: headers['cache-control'] }).toEqual({ path, status: 200, text: '<!doctype html>', type: 'text/html; charset=utf-8', cache: 'no-cache' })
    const policy = String(headers['content-security-policy'])
    for (const part of ["default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"]) expect(policy).toContain(part)
    expect(policy).not.toContain('unsafe-eval')
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  }
})

test('what is asked for elsewhere is never answered with the page', async () => {
  for (const path of ['/api/v1/nothing', '/nothing', '/assets/app-0000.js', '/assets/', '/index.html', '/.sources.sha256', '/assets/app-1234.js.gz', '/assets/../.sources.sha256', '/assets/%2e%2e/.sources.sha256', '/assets/..%2f..%2fpackage.json', '//etc/passwd']) {
    expect({ path, status: (await get(path)).status }).toEqual({ path, status: 404 })
  }
  expect((await get('/', {}, 'POST')).status).toBe(404)
})

test('files with a hash in their names are kept for good, others are asked for again', async () => {
  expect(await get('/assets/app-1234.js')).toMatchObject({ status: 200, text: 'run()', headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' } })
  expect(await get('/favicon.svg')).toMatchObject({ status: 200, headers: { 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' } })
})

test('each gets the smallest form that it takes', async () => {
  const of = async (path: string, accepted: string): Promise<unknown[]> => {
    const { headers, text } = await get(path, { 'accept-encoding': accepted })
    expect(headers['vary']).toBe('accept-encoding')
    return [headers['content-encoding'], text]
  }
  expect(await of('/', 'gzip, deflate, br, zstd')).toEqual(['br', 'br of the page'])
  expect(await of('/', 'br;q=0, gzip')).toEqual(['gzip', 'gz of the page'])
  expect(await of('/assets/app-1234.js', 'br, gzip')).toEqual(['gzip', 'gz of the script'])
  expect(await of('/favicon.svg', 'br, gzip')).toEqual([undefined, '<svg/>'])
})

test('what a browser has already is not sent again', async () => {
  const { headers: { etag } } = await get('/')
  expect(await get('/', { 'if-none-match': String(etag) })).toMatchObject({ status: 304, text: '' })
  expect(await get('/', { 'if-none-match': '"another"' })).toMatchObject({ status: 200 })
  expect(await get('/', {}, 'HEAD')).toMatchObject({ status: 200, text: '' })
})

test('without a build, the front door leads to the reference', async () => {
  const bare = Fastify()
  attachDashboard(bare, { folder: join(folder, 'nothing') })
  const reply = await bare.inject('/')
  expect([reply.statusCode, reply.headers.location]).toEqual([302, '/docs'])
  await bare.close()
})
