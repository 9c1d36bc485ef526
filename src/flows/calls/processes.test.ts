/** What runs with the rights of the hub's own process, where the operator allows it. */
import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

let folder: string
let fixture: CallsFixture
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interchange-processes-'))
  const command = join(folder, 'docker')
  // Stands in for a container engine: it notes its words, and runs what the image would.
  await writeFile(command, `#!/usr/bin/env python3
import json, subprocess, sys
with open(${JSON.stringify(join(folder, 'words'))}, 'a') as words: words.write(json.dumps(sys.argv[1:]) + '\\n')
if sys.argv[1] == 'run':
    at = sys.argv.index('alpine') if 'alpine' in sys.argv else -1
    if at > 0 and '-c' in sys.argv[at:]: sys.exit(subprocess.run(['/bin/sh', *sys.argv[at + 1:]]).returncode)
    print('ran')
`)
  await chmod(command, 0o755)
  fixture = openCalls({ allow: { shell: true, containerCommand: command } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const words = async (): Promise<string[][]> => (await readFile(join(folder, 'words'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as string[])

describe('run: shell', () => {
  test('has standard input and arguments, which are never words of the command', async () => {
    const command = 'input=$(cat)\necho "STDIN was: $input"\necho "ARGS are $1 $2"'
    expect(await fixture.run('shell', { command, stdin: 'Hello', arguments: ['Foo; echo injected', '$(id)'] })).toBe('STDIN was: Hello\nARGS are Foo; echo injected $(id)\n')
  })

  test('has its own environment, and nothing of the hub\'s but where programs are', async () => {
    process.env['CANARY_OF_THE_HUB'] = 'canary'
    try {
      const found = await fixture.run('shell', { command: 'env', environment: { FOO: 'bar' } }) as string
      expect(found).toContain('FOO=bar')
      expect(found).not.toContain('CANARY')
    } finally {
      delete process.env['CANARY_OF_THE_HUB']
    }
  })

  test.each([['code', 3], ['stderr', 'no\n'], ['all', { code: 3, stdout: '', stderr: 'no\n' }]])('that fails gives its %s where that is asked for', async (wanted, output) => {
    expect(await fixture.run('shell', { command: 'echo no >&2; exit 3', return: wanted })).toEqual(output)
  })

  test('that fails is a fault otherwise', async () => {
    expect(await fixture.faultOf('shell', { command: 'echo no >&2; exit 3' })).toMatchObject({ type: expect.stringMatching(/runtime$/), detail: 'The command ended with the code 3: no' })
  })

  test('is ended with its task, and all that it started', async () => {
    const file = join(folder, 'pid')
    await expect(fixture.run('shell', { command: `sleep 1000 & echo $! > ${file}; wait` }, { signal: AbortSignal.timeout(500) })).rejects.toMatchObject({ name: 'TimeoutError' })
    const pid = Number(await readFile(file, 'utf8'))
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  test('that leaves something running is over when its command is, and so is what it left', async () => {
    const file = join(folder, 'left')
    await fixture.run('shell', { command: `sleep 1000 & echo $! > ${file}` })
    const pid = Number(await readFile(file, 'utf8'))
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  test('that writes without end is ended', async () => {
    expect(await fixture.faultOf('shell', { command: 'yes' })).toMatchObject({ detail: expect.stringContaining('wrote more than') })
  })

  test('runs in a folder of its own, which goes with it', async () => {
    const cwd = (await fixture.run('shell', { command: 'pwd; touch left-behind' }) as string).trim()
    await expect(readFile(join(cwd, 'left-behind'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('run: container', () => {
  test('names image, environment, ports and words one by one, and removes the container where that is wanted', async () => {
    expect(await fixture.run('container', {
      image: 'alpine', name: 'mine', command: 'echo "$1 $2"; cat', arguments: ['--privileged', '; id'], stdin: 'input', environment: { FOO: 'a b' }, ports: { 8080: 80 }, pullPolicy: 'always', lifetime: { cleanup: 'always' },
    })).toBe('--privileged ; id\ninput')
    expect((await words()).slice(-2)).toEqual([
      ['run', '--name', 'mine', '--pull', 'always', '--interactive', '--env', 'FOO=a b', '--publish', '127.0.0.1:8080:80', '--entrypoint', '/bin/sh', 'alpine', '-c', 'echo "$1 $2"; cat', 'sh', '--privileged', '; id'],
      ['rm', '--force', 'mine'],
    ])
  })

  test('is named after the flow, and kept, unless the task says otherwise', async () => {
    expect(await fixture.run('container', { image: 'hello-world' }, { definition: { document: { namespace: 'ns', name: 'flow' } } })).toBe('ran\n')
    expect((await words()).at(-1)).toEqual(['run', '--name', expect.stringMatching(/^flow-[\da-f-]{36}\.ns$/), '--pull', 'missing', '--interactive', 'hello-world'])
  })

  test('whose command is not there, or whose image does not start, is a fault that says so', async () => {
    await using other = openCalls({ allow: { containerCommand: join(folder, 'gone') } })
    expect((await other.faultOf('container', { image: 'hello-world' })).detail).toContain('cannot be started: it is not there')
  })

  test('is removed after a while where that is wanted', async () => {
    await fixture.run('container', { image: 'hello-world', name: 'later', lifetime: { cleanup: 'eventually', after: { milliseconds: 50 } } })
    await expect.poll(async () => (await words()).at(-1)).toEqual(['rm', '--force', 'later'])
  })

  test.each([[{ image: '--privileged' }], [{ image: 'alpine', name: '-v/:/host' }], [{ image: 'alpine', volumes: { '/': '/host' } }], [{ image: 'alpine', ports: { '0.0.0.0:80': 80 } }], [{ image: 'alpine', environment: { 'A --privileged': 'x' } }], [{ image: 'a b' }], [{ image: 'alpine', lifetime: { cleanup: 'eventually' } }]])('%j is refused', async (args) => {
    const before = await words()
    expect((await fixture.faultOf('container', args)).type).toMatch(/validation$|configuration$/)
    expect(await words()).toEqual(before)
  })
})

/** One that is over may wait for a parent that never asks for it. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z')
}
