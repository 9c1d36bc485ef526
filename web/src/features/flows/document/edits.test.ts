import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { dropItem, freeName, insertItem, moveItem, renameTask, setValue } from './edits.ts'

const text = `# Of the shop.
document:
  dsl: '1.0.3' # the standard's
  name: orders

do:
  # What came in.
  - prepare: # of whoever asks
      set:
        id: \${ .id } # as it was given
        "tier": 'gold'

  # Then it is fetched.
  - fetch: { call: Shop/getOrder, with: { id: "\${ .id }" } }
  - decide:
      switch:
        - big:
            when: .total > 100
            then: answer
        - other: { then: end }
  - answer:
      do:
        - one:
            set: { a: 1 }
        # the second
        - two:
            set:
              text: |
                several
                  lines
  # At the end, nothing.
`

/** The lines that differ, as `-` and `+`. */
function lines(before: string, after: string | undefined): string[] {
  expect(after).toBeDefined()
  const [one, other] = [before.split('\n'), after!.split('\n')]
  let from = 0
  while (from < one.length && one[from] === other[from]) from += 1
  let same = 0
  while (same < Math.min(one.length, other.length) - from && one.at(-1 - same) === other.at(-1 - same)) same += 1
  return [...one.slice(from, one.length - same).map((line) => `-${line}`), ...other.slice(from, other.length - same).map((line) => `+${line}`)]
}

describe('a value is set in its place', () => {
  test.each<[what: string, pointer: string, value: unknown, changed: string[]]>([
    ['in the quotes that it had, with the comment behind it', '/document/dsl', '1.0.4', ["-  dsl: '1.0.3' # the standard's", "+  dsl: '1.0.4' # the standard's"]],
    ['with the comment behind it', '/do/0/prepare/set/id', '${ .order }', ['-        id: ${ .id } # as it was given', '+        id: ${ .order } # as it was given']],
    ['as a member more at the end', '/do/0/prepare/set/more', 2, ['+        more: 2']],
    ['with what is missing around it', '/do/0/prepare/output/as', '${ .x }', ['+      output:', '+        as: ${ .x }']],
    ['within braces', '/do/1/fetch/with/id', '${ .order }', ['-  - fetch: { call: Shop/getOrder, with: { id: "${ .id }" } }', '+  - fetch: { call: Shop/getOrder, with: { id: "${ .order }" } }']],
    ['as a member more within braces', '/do/1/fetch/then', 'end', ['-  - fetch: { call: Shop/getOrder, with: { id: "${ .id }" } }', '+  - fetch: { call: Shop/getOrder, with: { id: "${ .id }" }, then: end }']],
    ['as a map where a text was', '/document/name', { a: 1 }, ['-  name: orders', '+  name:', '+    a: 1']],
    ['as a text of several lines', '/document/name', 'a\nb\n', ['-  name: orders', '+  name: |', '+    a', '+    b']],
    ['as a text where a block was', '/do/3/answer/do/1/two/set/text', 'one', ['-              text: |', '-                several', '-                  lines', '+              text: one']],
    ['as a case more of a switch', '/do/2/decide/switch', parse('[{ big: { when: .total > 100, then: answer } }, { other: { then: end } }, { third: { then: exit } }]'), ['+        - third:', '+            then: exit']],
    ['of what differs alone', '/do/2/decide', parse('switch: [{ big: { when: .total > 200, then: answer } }, { other: { then: end } }]'), ['-            when: .total > 100', '+            when: .total > 200']],
  ])('%s', (_what, pointer, value, changed) => {
    expect(lines(text, setValue(text, pointer, value))).toEqual(changed)
  })

  test.each<[what: string, pointer: string, changed: string[]]>([
    ['with its line', '/do/0/prepare/set/tier', ["-        \"tier\": 'gold'"]],
    ['within braces', '/do/1/fetch/with', ['-  - fetch: { call: Shop/getOrder, with: { id: "${ .id }" } }', '+  - fetch: { call: Shop/getOrder }']],
    ['the first within braces', '/do/1/fetch/call', ['-  - fetch: { call: Shop/getOrder, with: { id: "${ .id }" } }', '+  - fetch: { with: { id: "${ .id }" } }']],
    ['the last of its map, which stays', '/do/3/answer/do/1/two/set/text', ['-            set:', '-              text: |', '-                several', '-                  lines', '+            set: {}']],
    ['with the blank lines before what follows it', '/document', ['-document:', "-  dsl: '1.0.3' # the standard's", '-  name: orders', '-', '-do:', '+do:']],
  ])('or taken away %s', (_what, pointer, changed) => {
    const after = setValue(text, pointer, undefined)
    if (pointer === '/document') expect(parse(after!)).toEqual({ do: (parse(text) as { do: unknown }).do })
    else expect(lines(text, after)).toEqual(changed)
  })

  test('in a member that is named but has no value yet', () => {
    expect(setValue('do:\n  - wait: # a while\n  - b: { set: { a: 1 } }\n', '/do/0/wait', { wait: { seconds: 1 } })).toBe('do:\n  - wait:\n      wait:\n        seconds: 1 # a while\n  - b: { set: { a: 1 } }\n')
    expect(parse(setValue('do: []\nuse:\n', '/use/secrets', ['a'])!)).toEqual({ do: [], use: { secrets: ['a'] } })
  })

  test('that must be quoted is quoted', () => {
    for (const value of ['yes: no', '# no comment', '', 'null', '1.0', '- a', '${ {a: 1} }', "it's \"so\"", '*x', 'a: ${ .b }', ' padded ', '@at']) {
      expect(parse(setValue(text, '/document/name', value)!), value).toMatchObject({ document: { name: value } })
      expect(parse(setValue(text, '/do/1/fetch/with/id', value)!), value).toMatchObject({ do: { 1: { fetch: { with: { id: value } } } } })
    }
  })

  test('which is what it is already changes nothing', () => {
    expect(setValue(text, '/do/0/prepare/set', { id: '${ .id }', tier: 'gold' })).toBe(text)
  })
})

describe('a task', () => {
  test('is added where it is wanted, as the tasks beside it are set in', () => {
    expect(lines(text, insertItem(text, '/do', 1, { wait: { wait: { seconds: 1 } } }))).toEqual(['+  - wait:', '+      wait:', '+        seconds: 1'])
    expect(insertItem(text, '/do', 1, { wait: { wait: { seconds: 1 } } })).toContain("'gold'\n\n  - wait:\n      wait:\n        seconds: 1\n  # Then it is fetched.\n")
    expect(insertItem(text, '/do', 0, { a: { set: {} } })).toContain('do:\n  - a:\n      set: {}\n  # What came in.\n  - prepare')
    expect(insertItem(text, '/do/3/answer/do', 2, { c: { set: { x: 1 } } })).toContain('                  lines\n        - c:\n            set:\n              x: 1\n  # At the end')
  })

  test('is added to lists that stand as far in as their key, in brackets, or that are empty', () => {
    expect(insertItem('do:\n- a:\n    set: { b: 1 }\n', '/do', 1, { c: { do: [] } })).toBe('do:\n- a:\n    set: { b: 1 }\n- c:\n    do: []\n')
    expect(insertItem('do: [{ a: { set: { b: 1 } } }]\n', '/do', 1, { c: { set: { d: 2 } } })).toBe('do: [{ a: { set: { b: 1 } } }, { c: { set: { d: 2 } } }]\n')
    expect(insertItem('do: [] # none yet\nmore: 1\n', '/do', 0, { c: { set: { d: 2 } } })).toBe('do:\n  - c:\n      set:\n        d: 2 # none yet\nmore: 1\n')
    expect(insertItem('do:\nmore: 1\n', '/do', 0, { c: { set: 1 } })).toBe('do:\n  - c:\n      set: 1\nmore: 1\n')
    expect(insertItem('do:\n  - a: { do: [] }\n', '/do/0/a/do', 0, { c: { set: { d: 2 } } })).toBe('do:\n  - a: { do: [ { c: { set: { d: 2 } } } ] }\n')
    expect(insertItem('do:\n  - a: { try: [] }\n', '/do/0/a/catch/do', 0, { c: { set: 1 } })).toBe('do:\n  - a: { try: [], catch: { do: [ { c: { set: 1 } } ] } }\n')
    expect(insertItem('document: { dsl: 1.0.3 }', '/do', 0, { c: { set: 1 } })).toBe('document: { dsl: 1.0.3 }\ndo:\n  - c:\n      set: 1')
  })

  test('goes with the comments that stand right above it, and no others', () => {
    expect(dropItem(text, '/do', 1)).toBe(text.replace(/ {2}# Then it is fetched\.\n.*\n/, ''))
    expect(dropItem(text, '/do', 0)).toBe(text.replace(/ {2}# What came in\.\n(?:.*\n){5}(?= {2}# Then)/, ''))
    expect(dropItem(text, '/do/3/answer/do', 1)).toBe(text.replace(/ {8}# the second\n(?:.*\n){5}/, ''))
    expect(dropItem('do:\n  - only: { set: 1 }\nmore: 1\n', '/do', 0)).toBe('do: []\nmore: 1\n')
    expect(dropItem('do: [{ a: 1 }, { b: 2 }]\n', '/do', 1)).toBe('do: [{ a: 1 }]\n')
    expect(dropItem('do: [{ a: 1 }, { b: 2 }]\n', '/do', 0)).toBe('do: [{ b: 2 }]\n')
    expect(dropItem('do:\n  - a: 1\n  - b: 2', '/do', 1)).toBe('do:\n  - a: 1\n')
  })

  test('moves with its comments, within its list and to another, set in as it must be there', () => {
    const up = moveItem(text, { pointer: '/do', index: 1 }, { pointer: '/do', index: 0 })
    expect(up).toContain('do:\n  # Then it is fetched.\n  - fetch: { call: Shop/getOrder, with: { id: "${ .id }" } }\n  # What came in.\n  - prepare: # of whoever asks')
    const within = moveItem(text, { pointer: '/do', index: 0 }, { pointer: '/do/3/answer/do', index: 2 })
    expect(within).toContain('        # What came in.\n        - prepare: # of whoever asks\n            set:\n              id: ${ .id } # as it was given\n')
    expect(parse(within!)).toMatchObject({ do: [{ fetch: {} }, { decide: {} }, { answer: { do: [{ one: {} }, { two: { set: { text: 'several\n  lines\n' } } }, { prepare: {} }] } }] })
    const out = moveItem(text, { pointer: '/do/3/answer/do', index: 1 }, { pointer: '/do', index: 0 })
    expect(out).toContain('  # the second\n  - two:\n      set:\n        text: |\n          several\n            lines\n  # What came in.')
    expect(moveItem(text, { pointer: '/do', index: 3 }, { pointer: '/do/3/answer/do', index: 0 })).toBeUndefined()
    expect(parse(moveItem('do:\n  - a: { do: [{ x: { set: 1 } }] }\n  - b: { set: 2 }\n', { pointer: '/do', index: 1 }, { pointer: '/do/0/a/do', index: 1 })!)).toEqual({ do: [{ a: { do: [{ x: { set: 1 } }, { b: { set: 2 } }] } }] })
  })

  test('is renamed with all that names it, but not over another', () => {
    expect(lines(text, renameTask(text, '/do', 3, 'reply')).filter((line) => /answer|reply/.test(line))).toEqual(['-            then: answer', '-  - answer:', '+            then: reply', '+  - reply:'])
    expect(renameTask(text, '/do', 0, 'fetch')).toBeUndefined()
    expect(renameTask(text, '/do', 0, 'a: b')).toContain('  - "a: b": # of whoever asks')
    expect(parse(renameTask('do:\n  - a: { set: 1, then: a }\n', '/do', 0, 'b')!)).toEqual(parse('do: [{ b: { set: 1, then: b } }]'))
  })
})

describe('what the text shares or writes unusually', () => {
  const shared = 'x: &retry { limit: 3 } # of all\ndo:\n  - a: { set: 1, retry: *retry }\n  - b:\n      set: 2\n      retry: *retry\n'

  test('is never changed elsewhere through an alias', () => {
    expect(setValue(shared, '/do/0/a/retry/limit', 4)).toBeUndefined()
    expect(setValue(shared, '/do/1/b/set', 3)).toBe(shared.replace('set: 2', 'set: 3'))
    expect(setValue(shared, '/do/1/b/retry', { limit: 5 })).toBe(shared.replace('      retry: *retry', '      retry:\n        limit: 5'))
    expect(parse(setValue(shared, '/x/limit', 9)!)).toMatchObject({ do: [{ a: { retry: { limit: 9 } } }, { b: { retry: { limit: 9 } } }] })
  })

  test('is written by the parser where it cannot be spliced, with its comments', () => {
    const odd = '# kept\n? do\n: - - 1\n    - 2 # two\n'
    expect(setValue(odd, '/do/0/1', 3)).toContain('# kept')
    expect(parse(setValue(odd, '/do/0/1', 3)!)).toEqual({ do: [[1, 3]] })
    const explicit = setValue('? a\n: 1 # one\n? b\n: 2\n', '/c', 3)
    expect(parse(explicit!)).toEqual({ a: 1, b: 2, c: 3 })
  })

  test('that is JSON stays JSON', () => {
    const json = '{\n  "do": [\n    { "a": { "set": { "x": 1 } } }\n  ]\n}\n'
    expect(insertItem(json, '/do', 1, { b: { set: { y: 'z' } } })).toBe('{\n  "do": [\n    { "a": { "set": { "x": 1 } } },\n    {"b":{"set":{"y":"z"}}}\n  ]\n}\n')
    expect(JSON.parse(setValue(json, '/do/0/a/set/x', { y: ['${ .a }'] })!)).toEqual({ do: [{ a: { set: { x: { y: ['${ .a }'] } } } }] })
    expect(JSON.parse(setValue(json, '/do/0/a/if', '.x')!)).toEqual({ do: [{ a: { set: { x: 1 }, if: '.x' } }] })
    expect(JSON.parse(renameTask(json, '/do', 0, 'c')!)).toEqual({ do: [{ c: { set: { x: 1 } } }] })
    expect(JSON.parse(dropItem(json, '/do', 0)!)).toEqual({ do: [] })
  })

  test('and cannot be read is left alone', () => {
    expect(setValue('do: [', '/do', [])).toBeUndefined()
    expect(insertItem('a: "', '/do', 0, {})).toBeUndefined()
  })

  test('with lines that end as on Windows keeps what it says', () => {
    const windows = text.replaceAll('\n', '\r\n')
    const after = insertItem(windows, '/do', 1, { c: { set: { x: 1 } } })
    expect(parse(after!)).toEqual(parse(insertItem(text, '/do', 1, { c: { set: { x: 1 } } })!))
    expect(parse(setValue(windows, '/do/0/prepare/set/id', 5)!)).toMatchObject({ do: { 0: { prepare: { set: { id: 5 } } } } })
  })
})

test('a new task gets a name that no other has', () => {
  expect([freeName([], 'set'), freeName(['set', 'set2'], 'set'), freeName([], 'end')]).toEqual(['set', 'set3', 'end2'])
})

test('what says how a flow begins comes before its tasks, and their comments', () => {
  const flow = 'document: { name: a }\n# What it does.\ndo:\n  - a: { set: {} }\n'
  expect(setValue(flow, '/schedule/cron', '0 8 * * *')).toBe("document: { name: a }\nschedule:\n  cron: 0 8 * * *\n# What it does.\ndo:\n  - a: { set: {} }\n")
  expect(setValue(flow, '/timeout/after/seconds', 1)).toBe(`${flow}timeout:\n  after:\n    seconds: 1\n`)
})
