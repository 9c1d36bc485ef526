import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { createSandbox, type Script, type ScriptResult } from './sandbox.ts'

const sandbox = createSandbox()
afterAll(() => sandbox.close())

const run = (code: string, more: Partial<Script> = {}): Promise<ScriptResult> => sandbox.run('owner', { code, arguments: [], environment: {}, stdin: '', timeoutMs: 10_000, ...more })

describe('a script', () => {
  test('has arguments, environment, standard input, and its output is told by stream', async () => {
    const code = `
      import { readFileSync } from 'node:fs'
      const [, , first, second] = process.argv
      console.log(first, second, process.env.foo, readFileSync(process.stdin.fd, 'utf8'))
      console.error({ a: [1, 'x', null] })
      process.stdout.write('no line')`
    expect(await run(code, { arguments: ['a b', '$(id)'], environment: { foo: 'bar' }, stdin: 'grüße 🎉' })).toEqual({ code: 0, stdout: 'a b $(id) bar grüße 🎉\nno line', stderr: '{ a: [ 1, "x", null ] }\n' })
  })

  test.each([
    ['process.exit(3)', 3], ['process.exitCode = 4', 4], ['throw new TypeError("no")', 1], ['await Promise.reject(new Error("no"))', 1], ['syntax error', 1], ['await new Promise(() => {})', 1], ['console.log(1)', 0],
  ])('%s ends with the code %i', async (code, expected) => {
    const result = await run(code)
    expect(result.code).toBe(expected)
    expect(result.stderr !== '').toBe(expected === 1)
  })

  test('is ECMAScript 2024, and waits for what it awaits', async () => {
    const code = 'const { promise, resolve } = Promise.withResolvers(); queueMicrotask(() => resolve(5)); console.log(await promise, JSON.stringify(Object.groupBy([1, 2, 3], (each) => each % 2 ? "odd" : "even")), [1, 2].toReversed().join())'
    expect((await run(code)).stdout).toBe('5 {"odd":[1,3],"even":[2]} 2,1\n')
  })

  test('leaves nothing behind for the next', async () => {
    await run('globalThis.left = 1; Array.prototype.map = () => ["poisoned"]; JSON.parse = () => ({}); process.env = 5')
    expect((await run('console.log(typeof left, [1].map(String).join(), process.env.a)', { environment: { a: 'b' } })).stdout).toBe('undefined 1 b\n')
  })
})

describe('a hostile script', () => {
  test.each([
    ['an endless loop', 'for (;;);', 'time'],
    ['an endless promise', 'const again = () => Promise.resolve().then(again); await again()', 'time'],
    ['a catastrophic regular expression', '/^(a+)+$/.test("a".repeat(50) + "b")', 'time'],
    ['an endless sort', '[3, 2, 1].sort(() => { for (;;); })', 'time'],
    ['an endless exit', 'process.exit({ valueOf() { for (;;); } })', 'time'],
    ['typed arrays', 'const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1))', 'memory'],
    ['one large buffer', 'new ArrayBuffer(2e9)', 'memory'],
    ['growing arrays', 'const all = []; for (;;) all.push(new Array(1000).fill("x".repeat(1000)))', 'memory'],
    ['growing strings', 'const all = []; for (let at = 0; ; at += 1) all.push("x".repeat(1e6) + at)', 'memory'],
    ['endless output', 'for (;;) console.log("x".repeat(1e5))', 'output'],
    ['endless errors', 'for (;;) console.error("x".repeat(1e5))', 'output'],
  ] as const)('of %s is ended for its %s limit', async (_title, code, exceeded) => {
    expect(await run(code, { timeoutMs: exceeded === 'time' ? 300 : 30_000 })).toMatchObject({ code: 1, exceeded })
    expect(await run('console.log("well")')).toMatchObject({ code: 0, stdout: 'well\n' })
  })

  test.each([
    ['endless recursion', 'const f = () => f(); f()'], ['a deeply nested value', 'JSON.parse("[".repeat(1e6))'], ['a deeply nested pattern', 'new RegExp("(".repeat(1e5))'], ['a million arguments', 'Math.max.apply(null, Array(1e6))'],
    ['a proxy without end', 'const p = new Proxy({}, { get: () => p }); console.log(p.a.b.c); throw new Proxy(new Error("x"), { get() { throw 1 } })'],
  ])('of %s fails by itself', async (_title, code) => {
    expect((await run(code)).code).toBe(1)
  })

  test.each([
    ["import fs from 'node:fs'; fs.writeFileSync('/tmp/x', 'y')", /not a function/], ["import { readFileSync } from 'node:fs'; readFileSync('/etc/passwd')", /no files/], ["import { readFileSync } from 'fs'; readFileSync('../../../root.key')", /no files/],
    ["import 'node:child_process'", /Cannot find the module/], ["import 'node:net'", /Cannot find the module/], ["import '/etc/passwd'", /Cannot find the module/], ["import 'std'", /Cannot find the module/], ["import 'os'", /Cannot find the module/],
    ["await import('file:///etc/passwd')", /Cannot find the module/], ["await import('data:text/javascript,1')", /Cannot find the module/], ["require('child_process')", /Cannot find the module/],
    ["await fetch('http://127.0.0.1')", /not defined/], ['new WebSocket("ws://127.0.0.1")', /not defined/], ['new Worker("x")', /not defined/], ['WebAssembly.compile', /not defined/], ['std.open("/etc/passwd")', /not defined/],
    ["process.binding('fs')", /not a function/], ["process.mainModule.require('fs')", /cannot read|undefined/i], ["process.kill(1, 'SIGKILL')", /not a function/], ['process.dlopen({}, "x")', /not a function/],
  ])('finds nothing to reach out with: %s', async (code, said) => {
    const { code: exit, stderr } = await run(code)
    expect(exit).toBe(1)
    expect(stderr).toMatch(said)
  })

  test.each([
    "console.log(({}).constructor.constructor('return typeof process.mainModule + typeof require(\"process\").binding')())",
    "console.log((async () => {}).constructor('return typeof globalThis.process.versions.node')().constructor === Promise, typeof process.versions.node)",
    "console.log(console.log.constructor('return typeof this.Buffer')(), Error.prepareStackTrace)",
    "const error = (() => { try { null.x } catch (error) { return error } })(); console.log(error.constructor.constructor('return typeof globalThis.global')())",
  ])('finds by constructors only its own world: %s', async (code) => {
    const { stdout } = await run(code)
    expect(stdout).not.toMatch(/function|object|string/)
  })

  test('that takes the functions of console and process apart harms its own run alone', async () => {
    await run('Object.defineProperty(Object.prototype, "result", { get() { return { code: 0 } } }); Object.prototype.toJSON = () => "poisoned"; String.prototype.concat = null; Array.prototype.join = () => { throw 1 }; console.log("x")')
    expect(await run('console.log("well")')).toMatchObject({ code: 0, stdout: 'well\n' })
  })
})

describe('a child', () => {
  test('serves one owner only, and is replaced for another', async () => {
    const narrow = createSandbox({ size: 1 })
    const script: Script = { code: 'console.log(1)', arguments: [], environment: {}, stdin: '', timeoutMs: 10_000 }
    try {
      const results = await Promise.all(['a', 'b', 'a', 'c'].map((owner) => narrow.run(owner, script)))
      expect(results.map(({ stdout }) => stdout)).toEqual(['1\n', '1\n', '1\n', '1\n'])
      expect(narrow.children()).toBe(1)
    } finally {
      await narrow.close()
    }
    expect(narrow.children()).toBe(0)
  })

  test('is ended when a script is given up, and others go on', async () => {
    const abort = new AbortController()
    const running = sandbox.run('given up', { code: 'for (;;);', arguments: [], environment: {}, stdin: '', timeoutMs: 60_000 }, abort.signal)
    setTimeout(() => { abort.abort(new Error('enough')) }, 100)
    await expect(running).rejects.toThrow('enough')
    expect(await run('console.log("well")')).toMatchObject({ stdout: 'well\n' })
  })

  test('has no environment, no files of others, no children and no addons, even for its own program', async () => {
    const source = await readFile(new URL('sandbox.ts', import.meta.url), 'utf8')
    // What the interpreter itself runs under is what a script would find outside of it.
    expect(source).toContain("execArgv: ['--permission'")
    const { fork } = await import('node:child_process')
    const server = createServer((_request, response) => { response.end() })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    const probe = fileURLToPath(new URL('probe.fixture.ts', import.meta.url))
    const child = fork(probe, [String((server.address() as AddressInfo).port)], { execArgv: ['--permission', `--allow-fs-read=${probe}`, `--allow-fs-read=${fileURLToPath(new URL('../../../package.json', import.meta.url))}`], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const found = await new Promise((resolve) => { child.once('message', resolve) })
    server.closeAllConnections()
    server.close()
    expect(found).toEqual({ environment: [], read: 'ERR_ACCESS_DENIED', write: 'ERR_ACCESS_DENIED', spawn: 'ERR_ACCESS_DENIED', worker: 'ERR_ACCESS_DENIED' })
  })

  test('is not started before the first script', () => {
    expect(createSandbox().children()).toBe(0)
  })
})

test('what waits when the hub stops is told so', async () => {
  const closing = createSandbox({ size: 1 })
  const script: Script = { code: 'for (;;);', arguments: [], environment: {}, stdin: '', timeoutMs: 60_000 }
  const first = closing.run('a', script)
  const second = closing.run('a', script)
  second.catch(() => undefined)
  await closing.close()
  await expect(second).rejects.toMatchObject({ code: 'shutting_down' })
  expect(await first).toMatchObject({ code: 1 })
  await expect(closing.run('a', script)).rejects.toMatchObject({ code: 'shutting_down' })
})
