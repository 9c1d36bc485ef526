import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf } = scene

const flow = (name: string, { version = '1.0.0', namespace = 'default', tasks = '  - say: { set: { text: hello } }' } = {}): string =>
  `document: { dsl: 1.0.3, namespace: ${namespace}, name: ${name}, version: ${version} }\ndo:\n${tasks}\n`

/** A folder of files, below the scene's. */
async function folder(name: string, files: Record<string, string>): Promise<string> {
  const path = join(scene.folder, name)
  await mkdir(join(path, 'deep'), { recursive: true })
  for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content)
  return path
}

test('what is wrong is printed as compilers do, and ends with 1; warnings do so where that is wanted', async () => {
  const path = await folder('checked', { 'a.yaml': flow('a', { tasks: '  - say: { set: { text: "${ .x | }" }, then: nowhere }' }), 'deep/b.yml': flow('b', { tasks: '  - call: { call: Nobody/op }' }), 'notes.txt': 'nothing' })
  const checked = await run(['flows', 'validate', path])
  expect(checked.code).toBe(1)
  expect(checked.stdout.split('\n')).toEqual([
    expect.stringMatching(/^.*\/a\.yaml:3:25: error: \/do\/0\/say\/set\/text is no valid jq: .* \[expression\]$/),
    expect.stringMatching(/^.*\/a\.yaml:3:46: error: \/do\/0\/say\/then names no task beside this one: "nowhere" \[unknown_task\]$/),
    expect.stringMatching(/^.*\/deep\/b\.yml:3:19: error: .*Nobody.* \[unknown_integration\]$/),
    '2 flows: 3 errors, 0 warnings.', '',
  ])
  const deep = join(path, 'deep')
  expect(await run(['flows', 'validate', deep])).toMatchObject({ code: 1 })
  expect(await run(['flows', 'validate', '--allow-missing', deep])).toMatchObject({ code: 0, stdout: expect.stringContaining('1 flow: 0 errors, 1 warning.') })
  expect(await run(['flows', 'validate', '--allow-missing', '--strict', deep])).toMatchObject({ code: 1 })
  expect(await run(['flows', 'apply', '--yes', deep])).toMatchObject({ code: 1, stdout: expect.stringMatching(/error: .*Nobody.*\nx b 1\.0\.0/) })
  expect(await run(['flows', 'apply', '--yes', '--allow-missing', deep])).toMatchObject({ code: 0, stdout: expect.stringContaining('Applied 1 change.') })
  expect(JSON.parse((await run(['flows', 'validate', path, '--json'])).stdout)).toMatchObject({ valid: false, items: [{ flow: 'a', findings: [{ line: 3, code: 'expression' }, {}] }, { flow: 'b' }] })
  expect(await run(['flows', 'validate', '-'], { stdin: flow('piped') })).toMatchObject({ code: 0, stdout: '1 flow: 0 errors, 0 warnings.\n' })
})

test('a folder is planned and applied, and says so to programs by its exit code', async () => {
  const path = await folder('applied', { 'one.yaml': flow('one', { namespace: 'cli' }), 'two.json': JSON.stringify({ document: { dsl: '1.0.3', namespace: 'cli', name: 'two', version: '1.0.0' }, do: [] }) })
  const dry = await run(['flows', 'apply', path, '--dry-run'])
  expect(dry).toMatchObject({ code: 1, stdout: expect.stringMatching(/^\+ cli\/one 1\.0\.0 {2}.*one\.yaml\n\+ cli\/two 1\.0\.0 {2}.*two\.json\n$/) })
  expect(await run(['flows', 'apply', path])).toMatchObject({ code: 0, stdout: expect.stringContaining('Applied 2 changes.\n') })
  expect(await run(['flows', 'apply', path, '--dry-run'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^= cli\/one/) })
  await writeFile(join(path, 'one.yaml'), flow('one', { namespace: 'cli', version: '1.1.0' }))
  await writeFile(join(path, 'two.json'), '{}')
  expect(await run(['flows', 'apply', path, '--prune'])).toMatchObject({ code: 1, stdout: expect.stringMatching(/two\.json:1:1: error: .*\n\^ cli\/one 1\.1\.0.*\nx .*two\.json\n$/) })
  await writeFile(join(path, 'two.json'), flow('other', { namespace: 'cli' }).replace(/^/, '# '))
  await writeFile(join(path, 'two.json'), JSON.stringify({ document: { dsl: '1.0.3', namespace: 'cli', name: 'three', version: '1.0.0' }, do: [] }))
  const pruned = await run(['flows', 'apply', path, '--prune', '--yes', '--json'])
  expect(JSON.parse(pruned.stdout)).toMatchObject({ applied: true, items: [{ action: 'version' }, { action: 'create' }, { action: 'remove', flow: 'cli/two' }] })
})

test('at a terminal it asks first', async () => {
  const path = await folder('asked', { 'one.yaml': flow('asked') })
  expect(await run(['flows', 'apply', path], { typed: ['n'] })).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was changed.'), stderr: expect.stringContaining('Apply 1 change? [y/N]') })
  expect(await run(['flows', 'show', 'asked'])).toMatchObject({ code: 1 })
  expect(await run(['flows', 'apply', path], { typed: ['y'] })).toMatchObject({ code: 0, stdout: expect.stringContaining('Applied 1 change.') })
})

test('flows are listed, shown as they were written, compared, published, switched off and deleted', async () => {
  const [first, second] = [`# written by hand\n${flow('lived')}`, flow('lived', { version: '1.1.0', tasks: '  - say: { set: { text: goodbye } }\n  - more: { set: { a: 1 } }' })]
  await run(['flows', 'apply', '-'], { stdin: first })
  expect((await run(['flows', 'show', 'lived'])).stdout).toBe(first)
  await scene.hub.call('POST', '/api/v1/flows?draft=true', { document: { dsl: '1.0.3', namespace: 'default', name: 'lived', version: '2.0.0' }, do: [] })
  expect((await run(['flows', 'versions', 'lived'])).stdout).toMatch(/2\.0\.0\s+draft[^]*1\.0\.0\s+published/)
  expect(await run(['flows', 'publish', 'lived', '2.0.0'])).toMatchObject({ code: 0, stdout: 'Published lived 2.0.0.\n' })
  await run(['flows', 'apply', '-'], { stdin: second })
  const diff = await run(['flows', 'diff', 'lived', '1.0.0', '1.1.0'])
  expect(diff.stdout).toMatch(/^changed say \(\/set\/text\)\nadded more\nchanged \/document\/version\n[^]*^--- 1\.0\.0\n\+\+\+ 1\.1\.0$/m)
  expect((await run(['flows', 'list', '-q', 'lived'])).stdout).toMatch(/^FLOW +VERSION +STARTS[^]*lived +2\.0\.0 +yes/)
  expect(await run(['flows', 'disable', 'lived'])).toMatchObject({ code: 0, stdout: 'lived is started by nobody now.\n' })
  expect(await answerOf(['flows', 'enable', 'lived'])).toMatchObject({ enabled: true })
  expect((await run(['flows', 'export'])).stdout).toContain('name: lived')
  expect(await run(['flows', 'delete', 'lived', '--yes'])).toMatchObject({ code: 0, stdout: 'Deleted lived.\n' })
  expect(await run(['flows', 'show', 'lived'])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no such flow.') })
})

test('a folder without flows is a wrong call', async () => {
  expect(await run(['flows', 'apply', await folder('empty', {})])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^There is no \.yaml, \.yml or \.json file in/) })
})
