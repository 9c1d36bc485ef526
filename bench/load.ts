/** The load generator: the small one in Go where Go is there, else one from this file, which takes more of the machine. */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Pool } from 'undici'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('.', import.meta.url))

export interface LoadResult { rate: number, p50: number, p99: number, ok: number, bad: number, errs: number, sample: string }
export interface LoadRequest {
  url: string
  key?: string
  body: string
  concurrency: number
  seconds: number
  pathsFile?: string
  paths?: string[]
  /** Bytes of a body, of which `{{pad}}` makes up what is missing. */
  sizeBytes?: number
  /** Signs each body as GitHub does. */
  secret?: string
  /** Requests begin at this pace, a second; as fast as answers come unless given. */
  rate?: number
  /** Stop after so many. */
  count?: number
}

export interface Receiver {
  url: string
  reset(): Promise<void>
  /** What came since the reset: lateness in ms by the `ts` in the body, the time from the first to the last in seconds. */
  stats(): Promise<{ n: number, unique: number, dup: number, p50: number, p99: number, span: number }>
  stop(): Promise<void>
}

export interface Load {
  kind: 'go' | 'node'
  fire(request: LoadRequest): Promise<LoadResult>
  /** An upstream that answers 1 KB at /item. */
  startUpstream(): Promise<{ url: string, stop(): Promise<void> }>
  /** Where events are delivered to. Only with Go: one in Node would take the machine from what is measured. */
  startReceiver(): Promise<Receiver>
}

export async function openLoad(): Promise<Load> {
  return hasGo() && await build() 
    ? { kind: 'go', fire: fireGo, startUpstream: startGoUpstream, startReceiver: startGoReceiver }
    : { kind: 'node', fire: fireNode, startUpstream: startNodeUpstream, startReceiver: () => Promise.reject(new Error('There is no receiver without Go.')) }
}

function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function build(): Promise<boolean> {
  await mkdir(`${folder}bin`, { recursive: true })
  await run('go', ['build', '-o', `${folder}bin/`, './gen', './recv'], { cwd: `${folder}load` })
  return existsSync(`${folder}bin/gen`)
}

async function fireGo({ url, key, body, concurrency, seconds, pathsFile, sizeBytes = 0, secret, rate, count }: LoadRequest): Promise<LoadResult> {
  const { stdout } = await run(`${folder}bin/gen`, [
    '-url', url, '-c', String(concurrency), '-d', `${seconds}s`, '-size', String(sizeBytes), '-body', body,
    ...key === undefined ? [] : ['-H', `Authorization: Bearer ${key}`], ...pathsFile === undefined ? [] : ['-paths', pathsFile],
    ...secret === undefined ? [] : ['-secret', secret], ...rate === undefined ? [] : ['-rate', String(rate)], ...count === undefined ? [] : ['-n', String(count)],
  ])
  return JSON.parse(stdout) as LoadResult
}

async function startGoUpstream(): Promise<{ url: string, stop(): Promise<void> }> {
  const port = await freePort()
  const child = spawn(`${folder}bin/recv`, [`127.0.0.1:${port}`], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await answers(`${url}/item`)
  return { url, stop: () => stopChild(child) }
}

async function startGoReceiver(): Promise<Receiver> {
  const { url, stop } = await startGoUpstream()
  return {
    url, stop,
    reset: async () => { await fetch(`${url}/reset`) },
    stats: async () => (await fetch(`${url}/stats`)).json() as ReturnType<Receiver['stats']>,
  }
}

async function fireNode({ url, key, body, concurrency, seconds, paths }: LoadRequest): Promise<LoadResult> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: concurrency })
  const times: number[] = []
  const end = performance.now() + seconds * 1000
  let bad = 0
  let next = 0
  let sample = ''
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (performance.now() < end) {
      const start = performance.now()
      const path = paths === undefined ? pathname : paths[next++ % paths.length]!
      const response = await pool.request({ method: 'POST', path, headers: { 'content-type': 'application/json', ...key && { authorization: `Bearer ${key}` } }, body })
      const text = await response.body.text()
      if (response.statusCode < 300) times.push(performance.now() - start)
      else {
        bad += 1
        sample ||= text.slice(0, 300)
      }
    }
  }))
  await pool.close()
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0
  return { rate: times.length / seconds, p50: at(0.5), p99: at(0.99), ok: times.length, bad, errs: 0, sample }
}

async function startNodeUpstream(): Promise<{ url: string, stop(): Promise<void> }> {
  const item = JSON.stringify({ id: 'item', pad: 'x'.repeat(1000) })
  const server = createServer((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(item) })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, stop: async () => { server.close() } }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

/** Resolves once the address answers below 400; gives up after half a minute. */
export async function answers(url: string): Promise<void> {
  const end = Date.now() + 30_000
  for (;;) {
    const ok = await fetch(url).then(async (response) => {
      await response.arrayBuffer()
      return response.ok
    }, () => false)
    if (ok) return
    if (Date.now() > end) throw new Error(`${url} does not answer.`)
    await new Promise((resolve) => { setTimeout(resolve, 5) })
  }
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => { child.once('exit', resolve) })
  child.kill('SIGTERM')
  await ended
}
