import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { integrationsPage } from '../scripts/write-integrations.ts'
import { runCommand } from '../src/cli/shell.fixture.ts'
import { schemes } from '../src/webhooks/inbound/schemes/index.ts'
import { retryPolicyOf } from '../src/webhooks/outbound/retry-policy.ts'
import { webhookInput } from '../src/webhooks/outbound/settings.ts'
import { withHub } from './hub.ts'
import { startUpstream, type Asked } from './upstream.ts'

const root = new URL('..', import.meta.url)
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8')
const blocks = (page: string, kind: string): string[] => [...page.matchAll(/^```(\S*)\n([^]*?)^```/gm)].filter(([, language]) => language === kind).map(([, , text]) => text!)

describe('docs/integrations.md', () => {
  test('says of every field what the settings say: `scripts/write-integrations.ts` writes the tables', async () => {
    const page = await read('docs/integrations.md')
    expect(page).toBe(integrationsPage(page))
    expect(page.match(/^\| `/gm)!.length).toBeGreaterThan(60)
  })

  test('a part that has no place there, or a place for none, is found', () => {
    expect(() => integrationsPage('')).toThrow('no place for the fields of an integration, connection')
    expect(() => integrationsPage('<!-- fields of nothing -->\n<!-- end -->')).toThrow('a place for nothing')
  })

  test('has examples that a hub takes', () => withHub(async (hub) => {
    const examples = blocks(await read('docs/integrations.md'), 'json')
    expect(examples.length).toBeGreaterThan(4)
    for (const example of examples) {
      const { status, body } = await hub.call('POST', '/api/v1/integrations?test=false', { name: 'x', connector: 'http', ...JSON.parse(example) as object })
      expect({ example, status, body }).toMatchObject({ status: 201, body: JSON.parse(example) as object })
    }
  }))
})

describe('docs/operations.md', () => {
  test('lists the figures that a hub has, all of its own, and its alerts are about some of them', () => withHub(async (hub) => {
    const page = await read('docs/operations.md')
    const { text } = await hub.call('GET', '/metrics')
    const there = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!)
    const listed = [...page.matchAll(/^\| `(interchange_\w+)` \|/gm)].map(([, name]) => name!)
    expect(listed.sort()).toEqual(there.filter((name) => name.startsWith('interchange_')).sort())
    const { groups: [group] } = parse(blocks(page, 'yaml').join('\n')) as { groups: [{ rules: { alert: string, expr: string }[] }] }
    expect(group.rules.length).toBeGreaterThan(3)
    for (const { alert, expr } of group.rules) {
      const named = [...expr.matchAll(/\b((?:interchange|nodejs|process)_\w+)/g)].map(([, name]) => name!.replace(/_count$/, ''))
      expect({ alert, unknown: named.filter((name) => !there.includes(name)) }).toEqual({ alert, unknown: [] })
    }
  }))
})

type Check = (asked: Asked, secret: string) => boolean

const hasPython = spawnSync('python3', ['--version']).status === 0

/** What the page shows, run. */
const checks: Record<string, (code: string, folder: string) => Promise<Check>> = {
  async js(code, folder) {
    const file = join(folder, 'genuine.mjs')
    await writeFile(file, code)
    const { isGenuine } = await import(pathToFileURL(file).href) as { isGenuine(headers: object, body: Buffer, secret: string): boolean }
    return ({ headers, body }, secret) => isGenuine(headers, Buffer.from(body), secret)
  },
  async python(code, folder) {
    const file = join(folder, 'genuine.py')
    await writeFile(file, `${code}\nimport json, sys\nprint(is_genuine(json.loads(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]))\n`)
    return ({ headers, body }, secret) => spawnSync('python3', [file, JSON.stringify(headers), body, secret], { encoding: 'utf8' }).stdout.trim() === 'True'
  },
}

describe('docs/webhooks.md', () => {
  /** Cells of the rows that begin with code. */
  const rows = (page: string): string[][] => [...page.matchAll(/^\| (`.*) \|$/gm)].map(([, row]) => row!.split(' | '))

  test('lists the verification schemes, with what they say of themselves and their settings', async () => {
    const listed = rows(await read('docs/webhooks.md'))
    const there = schemes.map(({ name, description, secret, settings }) => {
      const fields = [...secret === undefined ? [] : ['secret'], ...Object.keys(settings)]
      return [`\`${name}\``, description, fields.length === 0 ? '–' : fields.map((field) => `\`${field}\``).join(', ')]
    })
    expect(listed.slice(0, there.length)).toEqual(there)
  })

  test('says when failed deliveries are tried again', async () => {
    const inWords = (ms: number): string => (ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`)
    const policies = rows(await read('docs/webhooks.md')).filter(([name]) => /^`["{]/.test(name!))
    expect(policies.length).toBeGreaterThan(3)
    const shown = [['default', ...(await read('docs/webhooks.md')).match(/^\| default \| (.*) \| (.*) \|$/m)!.slice(1)], ...policies]
    for (const [name, attempts, waits] of shown) {
      const { retryPolicy } = webhookInput.parse({ name: 'x', url: 'https://example.com', events: ['*'], retryPolicy: name === 'default' ? {} : JSON.parse(name!.slice(1, -1)) as unknown })
      const { delaysMs } = retryPolicyOf(retryPolicy!)
      expect([name, attempts, waits]).toEqual([name, String(delaysMs.length + 1), delaysMs.map(inWords).join(', ')])
    }
  })

  test('has examples that a hub takes', () => withHub(async (hub) => {
    const examples = blocks(await read('docs/webhooks.md'), 'json')
    expect(examples).toHaveLength(2)
    for (const example of examples) {
      const given = JSON.parse(example) as Record<string, unknown>
      const made = 'events' in given ? await hub.call('POST', '/api/v1/webhooks', given) : await hub.call('POST', '/api/v1/webhook-sources', { name: 'x', verification: { scheme: 'none' }, ...given })
      expect({ example, status: made.status, body: made.body }).toMatchObject({ status: 201 })
    }
  }))

  test.each(hasPython ? ['js', 'python'] : ['js'])('has a check in %s that takes what the hub sends, and nothing else', (language) => withHub(async (hub) => {
    const upstream = await startUpstream()
    const folder = await mkdtemp(join(tmpdir(), 'interchange docs '))
    try {
      const [code] = blocks(await read('docs/webhooks.md'), language)
      const check = await checks[language]!(code!, folder)
      for (const secret of [undefined, 'any text will do']) {
        const made = await hub.call('POST', '/api/v1/webhooks', { name: 'x', url: upstream.url, events: ['*'], ...secret !== undefined && { secret } })
        await hub.call('POST', `/api/v1/webhooks/${made.body.id}/test`, { data: { name: 'Łódź' } })
        await hub.call('POST', `/api/v1/webhooks/${made.body.id}/rotate-secret`, {})
        await hub.call('POST', `/api/v1/webhooks/${made.body.id}/test`, {})
        const [alone, overlapping] = upstream.asked.splice(0)
        const shown = secret ?? made.body.security.secret as string
        const late = { ...alone!, headers: { ...alone!.headers, 'webhook-timestamp': String(Number(alone!.headers['webhook-timestamp']) - 600) } }
        const verdicts = [alone!, overlapping!, { ...alone!, body: `${alone!.body} ` }, late].map((asked) => check(asked, shown))
        expect([...verdicts, check(alone!, `${shown.slice(0, -4)}AAA=`)]).toEqual([true, true, false, false, false])
      }
    } finally {
      await upstream.close()
      await rm(folder, { recursive: true, force: true })
    }
  }))
})

/** `interchange run …` in code, of all pages: the words up to the first that is none of a command's, and the options. */
async function shownCommands(): Promise<{ page: string, words: string[], options: string[] }[]> {
  const pages = ['README.md', 'CONTRIBUTING.md', ...(await readdir(new URL('docs', root))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]
  const shown = await Promise.all(pages.map(async (page) => [...(await read(page)).matchAll(/(?:^|`|: )interchange ([a-z][^\n`]*)/gm)].map(([, line]) => ({
    page, words: line!.split('#')[0]!.trim().split(/\s+/).filter((word) => !word.startsWith('-')), options: line!.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [],
  }))))
  return shown.flat()
}

test('commands that the pages show are there, with the options that are shown', async () => {
  const commands = await shownCommands()
  expect(commands.length).toBeGreaterThan(20)
  for (const { page, words: [group = '', command = '', below = ''], options } of commands) {
    const { code: known } = await runCommand([group, '--help'])
    expect({ page, group, known }).toEqual({ page, group, known: 0 })
    const helps = [[group], [group, command], [group, command, below], [group, 'list']].map(async (words) => (await runCommand([...words, '--help'])).stdout)
    const help = (await Promise.all(helps)).join('')
    expect({ page, group, command, unknown: options.filter((option) => !new RegExp(`(^|[\\s,])${option}[\\s,<]`, 'm').test(help)) }).toEqual({ page, group, command, unknown: [] })
  }
})
