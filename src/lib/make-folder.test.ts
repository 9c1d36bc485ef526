import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

test('makes what is missing of a path, with its mode, and leaves what is there', () => {
  const base = mkdtempSync(join(tmpdir(), 'interchange-folder-'))
  try {
    makeFolder(join(base, 'a', 'b'), 0o711)
    makeFolder(join(base, 'a', 'b'), 0o700)
    expect(statSync(join(base, 'a', 'b')).mode & 0o777).toBe(0o711)
  } finally {
    rmSync(base, { recursive: true })
  }
})

test.skipIf(process.platform !== 'linux')('fails where the system takes no folders, instead of trying for ever', () => {
  expect(() => { makeFolder('/proc/nothing/data') }).toThrow(/ENOENT/)
})
