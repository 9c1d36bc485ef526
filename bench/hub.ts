/** A hub as its own process, with a data folder of its own, and the little of its API that measuring needs. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answers, freePort, stopChild } from './load.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
export const key = 'a-key-for-measuring-with-enough-length'

export interface MeasuredHub {
  url: string
  /** From the start of the process to the first "ready", in ms. */
  readyMs: number
  pid: number
  api<Reply>(method: string, path: string, body?: unknown): Promise<Reply>
  /** Resident memory of the hub and of its Postgres, in MB. */
  memory(): { hub: number, postgres: number }
  stop(): Promise<void>
}

export async function newDataFolder(): Promise<{ path: string, remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'interchange-bench-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export async function startHub(dataFolder: string): Promise<MeasuredHub> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const start = performance.now()
  const child = spawn(process.execPath, [main, 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, INTERCHANGE_PORT: String(port), INTERCHANGE_DATA: dataFolder, INTERCHANGE_API_KEY: key, INTERCHANGE_ALLOW_NETWORKS: '127.0.0.0/8', INTERCHANGE_LOG_LEVEL: 'warn' },
  })
  const died = new Promise<never>((_, reject) => { child.once('exit', (code) => { reject(new Error(`the hub ended with ${code}`)) }) })
  died.catch(() => undefined)
  await Promise.race([answers(`${url}/readyz`), died])
  const readyMs = performance.now() - start
  return {
    url, readyMs, pid: child.pid!,
    api: (method, path, body) => call(url, method, path, body),
    memory: () => ({ hub: residentMb(child.pid!), postgres: postgresMb(dataFolder) }),
    stop: () => stopChild(child as ChildProcess),
  }
}

async function call<Reply>(url: string, method: string, path: string, body: unknown): Promise<Reply> {
  const response = await fetch(url + path, {
    method, headers: { authorization: `Bearer ${key}`, ...body !== undefined && { 'content-type': 'application/json' } },
    ...body !== undefined && { body: JSON.stringify(body) },
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return (text === '' ? undefined : JSON.parse(text)) as Reply
}

function residentMb(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

/** Shared memory counts once: the proportional share of each of Postgres' processes, added up. */
function postgresMb(dataFolder: string): number {
  let total = 0
  const [postmaster] = readFileSync(join(dataFolder, 'postgres/postmaster.pid'), 'utf8').split('\n')
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = /PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      if (pid !== postmaster && parent !== postmaster) continue
      const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
      total += Number(kilobytes ?? 0) / 1024
    } catch { /* It ended meanwhile. */ }
  }
  return total
}
