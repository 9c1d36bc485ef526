import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'interchange lint '))
  copyFileSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What the repository's own configuration finds in a tree of just these files: for each, the rules that it breaks. */
function lint(files: Record<string, string>): Record<string, string[]> {
  for (const each of ['src', 'web']) rmSync(path.join(folder, each), { recursive: true, force: true })
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), source)
  }
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--deny-warnings', '--format', 'json'], { cwd: folder, encoding: 'utf8' })
  expect(stderr).toBe('')
  const { diagnostics, number_of_files: count } = JSON.parse(stdout) as { diagnostics: { code: string, filename: string }[], number_of_files: number }
  expect(count).toBe(Object.keys(files).length)
  const found: Record<string, string[]> = {}
  for (const { code, filename } of diagnostics) (found[filename] ??= []).push(code.replace(/^.*\((.*)\)$/, '$1'))
  return found
}

/** [an arrow that points the wrong way, one from the same file that doesn't] */
const boundaries: [file: string, forbidden: string, allowed: string][] = [
  ['src/lib/text/trim.ts', '../../tenants/tenants.ts', '../../errors.ts'],
  ['src/lib/trim.ts', '../db/db.ts', './text/trim.ts'],
  ['src/lib/trim.ts', '../config.ts', '../errors.ts'],
  ['src/connectors/acme/acme.ts', '../../metrics.ts', '../../errors.ts'],
  ['src/connectors/acme/acme.ts', '../../db/db.ts', '../connector.ts'],
  ['src/connectors/acme/acme.ts', '../../integrations/execute.ts', '../../lib/glob.ts'],
  ['src/tenants/tenants.ts', '../api/server.ts', '../db/db.ts'],
  ['src/tenants/tenants.ts', '../executions/store.ts', './tenants-store.ts'],
  ['src/catalog/catalog.ts', '../cli/table.ts', '../connectors/connector.ts'],
  ['src/catalog/openapi/import.ts', '../../integrations/store.ts', '../store.ts'],
  ['src/executions/executions.ts', '../catalog/openapi/store.ts', '../catalog/catalog.ts'],
  ['src/credentials/credentials.ts', '../tenants/keys-store.ts', '../tenants/keys.ts'],
  ['src/integrations/execute.ts', '../credentials/credentials-store.ts', '../credentials/credentials.ts'],
  ['src/integrations/policies/quota.ts', '../../executions/store.ts', '../store.ts'],
  ['src/executions/executions.ts', '../api/problem.ts', './store.ts'],
  ['src/blobs/blobs.ts', '../client/client.ts', './blobs-store.ts'],
  ['src/executions/executions.ts', '../blobs/blobs-store.ts', '../blobs/blobs.ts'],
  ['src/events/inbox.ts', '../webhooks/outbound/webhooks.ts', '../blobs/blobs.ts'],
  ['src/events/pulsar/bridge.ts', '../../credentials/store.ts', '../../credentials/credentials.ts'],
  ['src/events/bus.ts', '../api/server.ts', '../integrations/execute.ts'],
  ['src/webhooks/outbound/replay.ts', '../../events/events-store.ts', '../../events/events.ts'],
  ['src/webhooks/inbound/receive.ts', '../../cli/output.ts', '../../events/inbox.ts'],
  ['src/events/inbox.ts', '../flows/runs/runs.ts', './inbox-store.ts'],
  ['src/flows/engine/engine.ts', '../../events/events-store.ts', '../../events/hub-events.ts'],
  ['src/flows/runs/runs.ts', '../../api/route.ts', './runs-store.ts'],
  ['src/records/records.ts', '../flows/runs/runs-store.ts', '../flows/runs/runs.ts'],
  ['src/events/events.ts', '../records/records.ts', './record.ts'],
  ['src/api/routes/runs/list.ts', '../../../flows/runs/runs-store.ts', '../../../flows/runs/runs.ts'],
  ['src/agents/tools/catalog.ts', '../../integrations/store.ts', '../../integrations/integrations.ts'],
  ['src/agents/mcp/mcp.ts', '../../api/route.ts', '../tools/tools.ts'],
  ['src/events/feed.ts', '../agents/tools/tools.ts', './feed-store.ts'],
  ['src/lib/glob.ts', '../agents/tools/tool.ts', './page.ts'],
  ['src/jobs/jobs.ts', '../integrations/store.ts', '../integrations/health.ts'],
  ['src/api/routes/tenants/list.ts', '../../../tenants/tenants-store.ts', '../../../tenants/tenants.ts'],
  ['src/api/routes/catalog/list.ts', '../../../catalog/openapi/store.ts', '../../../catalog/catalog.ts'],
  ['src/db/database.ts', '../integrations/execute.ts', '../errors.ts'],
  ['web/src/lib/format.ts', '../hub/client.ts', './words.ts'],
  ['web/src/hub/queries.ts', '../components/page.ts', '../../../src/client/client.ts'],
  ['web/src/hub/queries.ts', '../../../src/tenants/caller.ts', '../../../src/client/types.ts'],
  ['web/src/routing/link.ts', '../features/flows/feature.ts', '../hub/session.ts'],
  ['web/src/components/table/data-table.ts', '../../features/flows/parts.ts', '../../hub/client.ts'],
  ['web/src/components/page.ts', '../../../src/client/client.ts', '../hub/client.ts'],
  ['web/src/features/flows/list-page.ts', '../../app/router.ts', '../../components/page.ts'],
  ['web/src/features/flows/list-page.ts', '../executions/list-page.ts', '../executions/parts.ts'],
  ['web/src/features/flows/editor/canvas.ts', '../../executions/rows.ts', '../rows.ts'],
  ['web/src/features/integrations/wizard/setup.ts', '../../accounts/use-connecting.ts', '../../accounts/parts.ts'],
  ['web/src/app/header.ts', '../../../src/lib/page.ts', '../features/session/account-menu.ts'],
  ['src/db/embedded/index.ts', '../../tenants/tenants.ts', '../../lib/glob.ts'],
  ['src/cli/run.ts', '../integrations/execute.ts', '../lib/glob.ts'],
  ['src/cli/serve.ts', '../db/db.ts', './table.ts'],
]

const asImport = (target: string) => `import { thing } from '${target}'\nexport const other = thing + 1\n`
const asType = (target: string) => `import type { thing } from '${target}'\nexport type Other = typeof thing\n`
const asExport = (target: string) => `export { thing } from '${target}'\n`
const asDynamic = (target: string) => `export const load = () => import('${target}')\n`

type Plant = [file: string, target: string, statement?: (target: string) => string]

/**
 * All in one tree, each in a file of its own name. The imported files are there too, so that nothing but the arrow is wrong.
 * Answers what breaks which rules: `file → target`.
 */
function lintImports(plants: Plant[]): Record<string, string[]> {
  const files: Record<string, string> = {}
  const arrows = new Map<string, string>()
  plants.forEach(([file, target, statement = asImport], index) => {
    const own = file.replace(/\.ts$/, `-${index}.ts`)
    arrows.set(own, `${file} → ${target}`)
    files[own] = statement(target)
    files[path.posix.join(path.posix.dirname(file), target)] = 'export const thing = 1\n'
  })
  return Object.fromEntries(Object.entries(lint(files)).map(([file, rules]) => [arrows.get(file) ?? file, rules]))
}

const refused = (plants: Plant[]) => Object.fromEntries(plants.map(([file, target]) => [`${file} → ${target}`, ['no-restricted-imports']]))

describe('import boundaries', () => {
  test('each arrow that points the wrong way is refused, and nothing else', () => {
    const wrong: Plant[] = boundaries.map(([file, forbidden]) => [file, forbidden])
    expect(lintImports(wrong)).toEqual(refused(wrong))
  })

  test('from the same files, the arrows that point down are not', () => {
    expect(lintImports(boundaries.map(([file, , allowed]) => [file, allowed]))).toEqual({})
  })

  test('a type, a re-export and a dynamic import cross a boundary no more than a value does', () => {
    const wrong: Plant[] = [['src/lib/a.ts', '../db/a.ts', asType], ['src/lib/b.ts', '../db/b.ts', asExport], ['src/lib/c.ts', '../db/c.ts', asDynamic]]
    expect(lintImports(wrong)).toEqual(refused(wrong))
  })

  test('lib knows no other folder of src, also none that was added since', () => {
    const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'lib')
    const wrong: Plant[] = folders.map(({ name }) => ['src/lib/trim.ts', `../${name}/thing.ts`])
    expect(wrong.length).toBeGreaterThan(5)
    expect(lintImports(wrong)).toEqual(refused(wrong))
  })

  test('every boundary of the configuration has a planted violation here', () => {
    interface Override { files: string[], rules: { 'no-restricted-imports'?: [string, { patterns: { regex: string }[] }] } }
    const { overrides } = JSON.parse(readFileSync(path.join(root, '.oxlintrc.json'), 'utf8')) as { overrides: Override[] }
    const rules = overrides.flatMap(({ files, rules }) => (rules['no-restricted-imports']?.[1].patterns ?? []).map(({ regex }) => ({ files, regex })))
    expect(rules.length).toBeGreaterThan(5)
    const unplanted = rules.filter(({ files, regex }) => !boundaries.some(([file, forbidden]) =>
      files.some((glob) => path.matchesGlob(file, glob)) && new RegExp(regex).test(forbidden)))
    expect(unplanted).toEqual([])
    const folders = rules.flatMap(({ files }) => files).filter((glob) => !boundaries.some(([file]) => path.matchesGlob(file, glob)))
    expect(folders).toEqual([])
  })

  test('files that import each other in a circle are refused', () => {
    expect(lint({
      'src/lib/a.ts': `import { b } from './b.ts'\nexport const a = () => b()\n`,
      'src/lib/b.ts': `import { a } from './a.ts'\nexport const b = (): unknown => a()\n`,
    })).toMatchObject({ 'src/lib/a.ts': ['no-cycle'] })
  })
})

const lines = (count: number, line = (index: number) => `  step(${index})`) => Array.from({ length: count }, (_, index) => line(index)).join('\n')
const functionOf = (count: number) => `import { step } from './step.ts'\nexport function work(): void {\n${lines(count - 2)}\n}\n`
const step = 'export function step(_n: number): void {}\n'

describe('sizes and types', () => {
  test('a file may have 400 lines, not 401', () => {
    const file = (count: number) => `${lines(count, (index) => `export const n${index} = ${index}`)}\n`
    expect(lint({ 'src/lib/fits.ts': file(400), 'src/lib/long.ts': file(401) })).toEqual({ 'src/lib/long.ts': ['max-lines'] })
  })

  test('a function may have 60 lines, not 61, except in a test', () => {
    expect(lint({ 'src/lib/fits.ts': functionOf(60), 'src/lib/long.ts': functionOf(61), 'src/lib/long.test.ts': functionOf(61), 'src/lib/step.ts': step }))
      .toEqual({ 'src/lib/long.ts': ['max-lines-per-function'] })
  })

  test('any is refused, unknown is not', () => {
    const file = (type: string) => `export const loose = (value: ${type}): unknown => value\n`
    expect(lint({ 'src/lib/loose.ts': file('any'), 'src/lib/strict.ts': file('unknown') })).toEqual({ 'src/lib/loose.ts': ['no-explicit-any'] })
  })

  test('printing is for the command line only', () => {
    const file = `export const say = () => console.log('hello')\n`
    expect(lint({ 'src/lib/say.ts': file, 'src/cli/say.ts': file })).toEqual({ 'src/lib/say.ts': ['no-console'] })
  })
})
