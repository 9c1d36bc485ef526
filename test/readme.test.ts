/** README's walks, word by word: only ports, the data folder and the log are others, so that a hub at work on this machine is left alone. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startEmbeddedPostgres } from '../src/db/embedded/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test("README's five minutes work as typed, and end with real operations of a real server", { timeout: 120_000 }, async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [hubPort, shopPort] = [await freePort(), await freePort()]
  const data = await mkdtemp(join(tmpdir(), 'interchange readme '))
  const environment = { ...process.env, PORT: String(shopPort), INTERCHANGE_PORT: String(hubPort), INTERCHANGE_DATA: data, INTERCHANGE_URL: `http://127.0.0.1:${hubPort}`, INTERCHANGE_API_KEY: '' }
  const typed = (text: string): string => text.replaceAll('8080', String(hubPort)).replaceAll('4010', String(shopPort))
  const background = blocks(readme, 'walk=background').map((text) => start(typed(text), environment))
  try {
    await answers(`http://127.0.0.1:${hubPort}/readyz`)
    await answers(`http://127.0.0.1:${shopPort}/`)
    const { code, output } = await run(`shopt -s expand_aliases; set -e\n${blocks(readme, 'walk').map(typed).join('\n')}`, environment)
    expect(code, output).toBe(0)
    for (const shown of ['Connected Bookshop (4 operations)', 'The connection test passed.', 'removeBook', 'Roadside Picnic', '"success":true', 'The Dispossessed', 'succeeded', 'averageLatency', '+ cheapest-book 1.0.0', '✓ list', '"cheapest": ', 'completed']) expect(output).toContain(shown)
    expect(output).not.toContain('shop-secret-4711')
  } finally {
    await Promise.all(background.map(stop))
    await rm(data, { recursive: true, force: true })
  }
})

/** Where it breaks off before its own last line, ends what the shell has running in the background. Once: a second signal ends a hub at once. */
const endJobs = `trap '[ $? = 0 ] || for job in $(jobs -p); do kill -- -$job; done' EXIT`

test("README's second walk works as typed: a signed push is filtered and delivered, also when receiver and hub die in between", { timeout: 180_000 }, async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [hubPort, receiverPort] = [await freePort(), await freePort()]
  await inOwnFolder(async (data) => {
    const environment = { ...process.env, PORT: String(receiverPort), INTERCHANGE_PORT: String(hubPort), INTERCHANGE_DATA: data, INTERCHANGE_URL: `http://127.0.0.1:${hubPort}` }
    const typed = (text: string): string => text.replaceAll('8080', String(hubPort)).replaceAll('4020', String(receiverPort)).replaceAll('hub.log', `'${join(data, 'hub.log')}'`)
    // Jobs have groups of their own, as in a terminal: `kill -9 %npm` takes the whole hub.
    const { code, output } = await run(`shopt -s expand_aliases; set -em; ${endJobs}\n${blocks(readme, 'walk=webhooks').map(typed).join('\n')}`, environment)
    expect(code, output).toBe(0)
    const received = [...output.matchAll(/(received|again): (\S+) {2}push {2}(.*)$/gm)].map(([, how, id, data]) => ({ how, id, after: (JSON.parse(data!) as { after: string }).after }))
    expect(received.map(({ how, after }) => `${how} ${after}`), output).toEqual(['received first', 'received fourth'])
    const accepted = [...output.matchAll(/\{"id":"([^"]+)"\}/g)].map(([, id]) => id)
    expect([accepted[0], accepted.at(-1)]).toEqual(received.map(({ id }) => id))
    for (const shown of ['verification_failed', 'Created Receiver', 'delivered']) expect(output).toContain(shown)
  })
})

test("README's third walk works as typed: an agent, by the official client over HTTP and over standard input and output, sends real emails by a flow", { timeout: 180_000 }, async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [hubPort, mailPort] = [await freePort(), await freePort()]
  await inOwnFolder(async (data) => {
    const environment = { ...process.env, PORT: String(mailPort), INTERCHANGE_PORT: String(hubPort), INTERCHANGE_DATA: data, INTERCHANGE_URL: `http://127.0.0.1:${hubPort}` }
    const typed = (text: string): string => text.replaceAll('8080', String(hubPort)).replaceAll('2525', String(mailPort)).replaceAll('hub.log', `'${join(data, 'hub.log')}'`)
    const { code, output } = await run(`shopt -s expand_aliases; set -em; ${endJobs}\n${blocks(readme, 'walk=agents').map(typed).join('\n')}`, environment)
    expect(code, output).toBe(0)
    expect([...output.matchAll(/^mail to (.*)\n {2}(.*)$/gm)].map(([, head, body]) => `${head} ${body}`), output).toEqual([
      'ada@example.com: By hand <p>It works.</p>', 'ada@example.com: From an agent <p>All is well.</p>', 'bob@example.com: From another <p>Here too.</p>',
    ])
    for (const shown of ['trigger_integration_flow: done', 'flow__send-summary-email: done', '✓ send', 'agent', '"action":"tool.called"']) expect(output).toContain(shown)
  })
})

/** A data folder for the hubs of a walk, which come and go. */
async function inOwnFolder(work: (data: string) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'interchange readme '))
  await chmod(data, 0o711) // run as root, Postgres is another user
  try {
    await work(data)
  } finally {
    // Whoever leaves last stops Postgres: the hub, which may still be about to, or this.
    while (existsSync(join(data, 'postgres', 'postmaster.pid'))) {
      await (await startEmbeddedPostgres({ dataFolder: data, log: { info: () => undefined } })).stop()
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
    await rm(data, { recursive: true, force: true })
  }
}

function blocks(readme: string, kind: string): string[] {
  return [...readme.matchAll(/^```sh (\S+)\n([^]*?)^```/gm)].filter(([, info]) => info === kind).map(([, , text]) => text!)
}

function start(script: string, env: NodeJS.ProcessEnv): ChildProcess {
  // A group of its own, so that all that the shell started can be stopped.
  return spawn('bash', ['-c', script], { cwd: root, env, stdio: 'ignore', detached: true })
}

/** Resolves once nothing of the group is left. */
async function stop({ pid }: ChildProcess): Promise<void> {
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-pid!, name)
    } catch {
      return false
    }
  }
  signal('SIGTERM')
  while (signal(0)) await new Promise((resolve) => { setTimeout(resolve, 20) })
}

function run(script: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null, output: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', script], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += String(chunk) })
    child.once('close', (code) => { resolve({ code, output }) })
  })
}

async function answers(url: string): Promise<void> {
  const end = Date.now() + 90_000
  while (!await fetch(url).then((response) => response.ok, () => false)) {
    if (Date.now() > end) throw new Error(`${url} does not answer.`)
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => { server.close(resolve) })
  return port
}
