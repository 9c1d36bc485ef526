import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = `
  const { collectStartGarbage } = await import(${JSON.stringify(new URL('start-garbage.ts', import.meta.url).href)})
  // Survivors make V8 widen the room for young objects.
  let kept = []
  for (let at = 0; at < 400_000; at += 1) kept.push({ at, text: [at] })
  kept = undefined
  const before = process.memoryUsage().heapTotal
  collectStartGarbage(10)
  const asked = setInterval(() => {
    const after = process.memoryUsage().heapTotal
    if (after > before / 2) return
    clearInterval(asked)
    console.log(typeof globalThis.gc)
  }, 10)
`

test('room that the start took is given back once it is quiet, and nobody else gets to collect', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program])
  expect(stdout).toBe('undefined\n')
})
