/** The dashboard, beside the routes: files that the build made, and the one page for all of its addresses. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Everything else is the API's, which never answers with this page. */
const pages = ['/', '/t/*', '/sign-in', '/welcome', '/invitation', '/password', '/connected']

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2',
}

/** Mantine writes style elements as it goes; scripts come from files alone. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const guards = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }
const pageGuards = { ...guards, 'content-security-policy': policy, 'cross-origin-opener-policy': 'same-origin-allow-popups' }

const encodings = [['br', '.br'], ['gzip', '.gz']] as const

/** `folder`: what the build made. Where there is nothing, `/` leads to the reference. */
export function attachDashboard(server: FastifyInstance, { folder }: { folder: string }): void {
  if (!existsSync(join(folder, 'index.html'))) {
    server.get('/', async (_request, reply) => reply.redirect('/docs'))
    return
  }
  // Known from the start: no name that a request makes up ever reaches the disk.
  const names = new Set(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/')))
  const read = remembered(folder)
  for (const name of names) void read(name).catch(() => undefined)
  const send = async (request: FastifyRequest, reply: FastifyReply, name: string, headers: Record<string, string>): Promise<FastifyReply> => {
    const [encoding, suffix] = encodings.find(([each, ending]) => names.has(name + ending) && accepts(request, each)) ?? []
    const { bytes, etag } = await read(name + (suffix ?? ''))
    void reply.headers({ ...headers, 'content-type': types[extname(name)] ?? 'application/octet-stream', etag, vary: 'accept-encoding', ...encoding !== undefined && { 'content-encoding': encoding } })
    return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(bytes)
  }
  for (const path of pages) server.get(path, (request, reply) => send(request, reply, 'index.html', { ...pageGuards, 'cache-control': 'no-cache' }))
  for (const name of names) {
    if (/\.(br|gz|html)$/.test(name) || name.startsWith('.')) continue
    // Names below assets/ carry a hash of their contents.
    const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
    server.get(`/${name}`, (request, reply) => send(request, reply, name, { ...guards, 'cache-control': cache }))
  }
}

function accepts({ headers }: FastifyRequest, encoding: string): boolean {
  return String(headers['accept-encoding'] ?? '').split(',').some((each) => {
    const [name, quality] = each.trim().split(/\s*;\s*q=/)
    return name === encoding && quality !== '0'
  })
}

interface Asset { bytes: Buffer, etag: string }

/** A new build puts other files in their place: what this hub began with, it goes on with. */
function remembered(folder: string): (name: string) => Promise<Asset> {
  const known = new Map<string, Promise<Asset>>()
  return (name) => {
    let asset = known.get(name)
    if (asset === undefined) {
      asset = readFile(join(folder, name)).then((bytes) => ({ bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 20)}"` }))
      known.set(name, asset)
      asset.catch(() => { known.delete(name) })
    }
    return asset
  }
}
