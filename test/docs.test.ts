import { readFile, readdir } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { integrationsPage } from '../scripts/write-integrations.ts'
import { runCommand } from '../src/cli/shell.fixture.ts'
import { withHub } from './hub.ts'

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
  for (const { page, words: [group = '', command = ''], options } of commands) {
    const { code: known } = await runCommand([group, '--help'])
    expect({ page, group, known }).toEqual({ page, group, known: 0 })
    const help = (await runCommand([group, '--help'])).stdout + (await runCommand([group, command, '--help'])).stdout + (await runCommand([group, 'list', '--help'])).stdout
    expect({ page, group, command, unknown: options.filter((option) => !new RegExp(`(^|[\\s,])${option}[\\s,<]`, 'm').test(help)) }).toEqual({ page, group, command, unknown: [] })
  }
})
