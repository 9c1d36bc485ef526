import { afterAll, describe, expect, test } from 'vitest'
import { createChecker, heading, specificationDocuments } from './document.fixture.ts'
import { MAX_SOURCE_BYTES } from './source.ts'

const checker = createChecker()
afterAll(() => checker.close())

/** In the texts, § stands before each place that a finding names. */
describe('text that cannot be read', () => {
  test.each([
    ['a key that is there twice', 'do: []\n§do: []\n', ['error syntax  has the same key twice']],
    ['a bracket that nothing closes', 'do: [\n§', [expect.stringMatching(/^error syntax {2}is not valid YAML: /)]],
    ['a key that attacks programs', 'do: []\n§__proto__: 1\n', ['error syntax /__proto__ is a key that is not taken']],
    ['an alias of nothing', 'do: §*x\n', ['error syntax /do names an anchor that is not there: *x']],
    ['an alias of itself', 'x: &x [§*x]\ndo: []\n', ['error syntax /x/0 is an alias of what it stands in']],
    ['a number that JSON does not know', 'do: []\nx: §.inf\n', ['error syntax /x is no number that JSON knows']],
    ['a key that is no text', 'do: []\nx: §{ [a]: 1 }\n', ['error syntax /x has a key that is no text']],
    ['a tag', 'do: §!!js/function "x"\n', [expect.stringMatching(/^error syntax {2}is not valid YAML: Unresolved tag/)]],
  ])('%s is an error with its place', async (_what, rest, expected) => {
    await checker.expectFindings(rest, expected)
  })

  test('aliases that double themselves are stopped', async () => {
    const lines = Array.from({ length: 30 }, (_, at) => `x${at}: &x${at} [${at === 0 ? '1' : `*x${at - 1}, *x${at - 1}`}]`)
    expect(await checker.findings(`${lines.join('\n')}\ndo: []\n`)).toEqual(['error syntax  has more than 100000 values once its aliases are expanded'])
  })

  test.each([['yaml', '[', ']'], ['json', '[', ']'], ['json', '{"a":', '}']] as const)('nesting without end is refused (%s %s)', async (format, open, close) => {
    for (const depth of [150, 20_000]) {
      const { definition, findings } = await checker.validate(open.repeat(depth) + (format === 'json' ? '1' : '') + close.repeat(depth), format)
      expect(definition).toBeUndefined()
      expect(findings[0]).toMatchObject({ severity: 'error', code: 'syntax', detail: expect.stringContaining('nested deeper than 100 levels') })
    }
  })

  test('more than half a mebibyte is refused before anything of it is read', async () => {
    const { findings } = await checker.validate(`# ${'x'.repeat(MAX_SOURCE_BYTES)}`)
    expect(findings).toMatchObject([{ code: 'syntax', detail: 'is larger than 512 KiB' }])
  })

  test.each([['', 'is empty'], ['  \n', 'is empty'], ['a: "\0"', 'holds a character that cannot be kept'], ['a: \ud800', 'holds a character that cannot be kept']])('%j: %s', async (text, detail) => {
    expect((await checker.validate(text)).findings).toMatchObject([{ code: 'syntax', detail }])
  })

  test.each([
    ['{"document": 1,}', '1:16', 'has "}" where'],
    ['{"a": 1, "a": 2}', '1:10', 'is there twice'],
    ['{"__proto__": 1}', '1:2', ''],
  ])('JSON: %s', async (text, place, detail) => {
    const [first] = (await checker.validate(text, 'json')).findings
    expect({ place: `${first!.line}:${first!.column}`, code: first!.code }).toEqual({ place, code: 'syntax' })
    expect(first!.detail).toContain(detail)
  })

  test('places in JSON are found too', async () => {
    const { findings } = await checker.validate('{\n  "document": {"dsl": "1.0.3", "namespace": "default", "name": "x", "version": "1.0.0"},\n  "do": [\n    {"a": {"sett": 1}}\n  ]\n}', 'json')
    expect(findings).toMatchObject([{ line: 4, column: 6, pointer: '/do/0/a', code: 'form' }])
  })
})

describe('form', () => {
  test.each([
    ['a task that is none', 'do:\n  - §a: { sett: 1 }\n', ['error form /do/0/a does nothing: a task has one of call, emit, for, fork, listen, raise, run, set, switch, try, wait, do']],
    ['tasks that are no list', 'do:\n  §a: { set: { a: 1 } }\n', ['error form /do must be an array, not an object']],
    ['two tasks in one item', 'do:\n  - §a: { set: { a: 1 } }\n    b: { set: { a: 1 } }\n', ['error form /do/0 must have at most 1 property']],
    ['a member of another kind of task', 'do:\n  - a: { set: { a: 1 }, §do: [] }\n', ['error form /do/0/a/do is not a known property']],
    ['a member of a call that is mistyped', 'do:\n  - a:\n      call: http\n      §with:\n        §metod: get\n        endpoint: https://a.example\n', ['error form /do/0/a/with/method is missing', 'error form /do/0/a/with/metod is not a known property']],
    ['half of a password', 'do:\n  - a: { call: http, with: { method: get, endpoint: { uri: https://a.example, authentication: { basic: §{ username: u } } } } }\n', ['error form /do/0/a/with/endpoint/authentication/basic needs password or use']],
    ['an unknown authentication', 'do:\n  - a: { call: http, with: { method: get, endpoint: { uri: https://a.example, authentication: §{ bearr: { token: t } } } } }\n', ['error form /do/0/a/with/endpoint/authentication needs basic, bearer, digest, oauth2 or oidc']],
    ['an endpoint that is a number', 'do:\n  - a: { call: http, with: { method: get, endpoint: §5 } }\n', ['error form /do/0/a/with/endpoint must be a string or an object, not a number']],
    ['a deep fault', 'do:\n  - a:\n      do:\n        - b:\n            try:\n              - c: { wait: { §second: 1 } }\n            catch: { retry: { §backof: {} } }\n', ['error form /do/0/a/do/0/b/try/0/c/wait/second is not a known property', 'error form /do/0/a/do/0/b/catch/retry/backof is not a known property']],
    ['a function', 'use: { functions: { §f: { cal: http } } }\ndo: []\n', ['error form /use/functions/f does nothing: a task has one of call, emit, for, fork, listen, raise, run, set, switch, try, wait, do']],
    ['a name with spaces', 'do: []\n', undefined],
  ])('%s is named where it stands, and nothing else', async (_what, rest, expected) => {
    if (expected !== undefined) return checker.expectFindings(rest, expected)
    const { findings } = await checker.validate('document: { dsl: 1.0.3, namespace: default, name: a b, version: "1" }\ndo: []\n')
    expect(findings.map(({ line, column, pointer, detail }) => `${line}:${column} ${pointer} ${detail}`)).toEqual([
      '1:51 /document/name must be letters, digits and hyphens, 63 at most, with no hyphen at either end', '1:65 /document/version must be a version such as 1.0.0',
    ])
  })

  test('forty levels of tasks take no longer than their number', async () => {
    let tasks = '[{ "last": { "set": { "a": 1 } } }]'
    for (let depth = 0; depth < 22; depth++) tasks = `[{ "t${depth}": { "do": ${tasks} } }]`
    expect(await checker.findings(`do: ${tasks}\n`)).toEqual([])
  })
})

describe('meaning', () => {
  test.each([
    ['then leads nowhere', 'do:\n  - getPet: { set: { a: 1 }, then: §getPets }\n', ['error unknown_task /do/0/getPet/then names no task beside this one: "getPets", did you mean "getPet"?']],
    ['a case leads nowhere', 'do:\n  - a: { switch: [{ yes: { when: .a, then: §b } }] }\n', ['error unknown_task /do/0/a/switch/0/yes/then names no task beside this one: "b"']],
    ['a branch of a fork comes after another', 'do:\n  - a: { fork: { branches: [{ b: { set: { a: 1 }, then: §c } }, { c: { set: { a: 1 } } }] } }\n', ['error unknown_task /do/0/a/fork/branches/0/b/then names a task, but the branches of a fork run beside each other: none comes after another']],
    ['two tasks of one name', 'do:\n  - a: { set: { a: 1 } }\n  - §a: { set: { a: 1 } }\n', ['error duplicate_task /do/1/a has the name of another task beside it: "a"']],
    ['a task that nothing leads to', 'do:\n  - a: { set: { a: 1 }, then: end }\n  - §b: { set: { a: 1 } }\n', ['warning unreachable_task /do/1/b is never run: nothing leads to "b"']],
    ['a case behind the one that takes everything', 'do:\n  - a: { switch: [{ other: { then: end } }, { §late: { when: .a, then: end } }] }\n', ['warning never_runs /do/0/a/switch/1/late is never chosen: "other" before it takes everything']],
    ['jq that is none', 'do:\n  - a: { set: { b: §"${ .x | }" } }\n', ['error expression /do/0/a/set/b is no valid jq: syntax error, unexpected end of file (line 1, column 4)']],
    ['jq within text', 'do:\n  - a: { set: { b: §"Hello ${ .x | } and ${ .y }" } }\n', [expect.stringMatching(/^error expression /)]],
    ['a variable that is not there', 'do:\n  - a: { if: §$contxt.x, set: { b: 1 } }\n', ['error unknown_variable /do/0/a/if names a variable that is not there: $contxt is not defined (line 1, column 1), did you mean "context"?']],
    ['a variable of another loop', 'do:\n  - a: { for: { each: pet, in: .pets }, while: $index < 3, do: [{ b: { set: "${ $pet }" } }] }\n  - c: { set: §"${ $pet }" }\n', [expect.stringMatching(/^error unknown_variable .*\$pet is not defined/)]],
    ['a variable that is empty there', 'do:\n  - a: { set: { b: §"${ $output.x }" } }\n', ['warning empty_variable /do/0/a/set/b names $output, which is null here']],
    ['what a catch calls its error', 'do:\n  - a: { try: [{ b: { set: { a: 1 } } }], catch: { as: fault, when: $fault.status == 404, exceptWhen: §$error.status == 1, do: [{ c: { set: "${ $fault }" } }] } }\n', [expect.stringMatching(/unknown_variable \/do\/0\/a\/catch\/exceptWhen/)]],
    ['a policy that is not declared', 'use: { retries: { gently: { delay: PT1S } } }\ndo:\n  - a: { try: [{ b: { set: { a: 1 } } }], catch: { retry: §gentle } }\n', ['error unknown_reference /do/0/a/catch/retry names no retry policy of use.retries: "gentle", did you mean "gently"?']],
    ['an error that is not declared', 'do:\n  - a: { raise: { error: §gone } }\n', ['error unknown_reference /do/0/a/raise/error names no error of use.errors: "gone"']],
    ['a timeout that is not declared', 'timeout: §long\ndo: []\n', ['error unknown_reference /timeout names no timeout of use.timeouts: "long"']],
    ['an authentication that is not declared', 'do:\n  - a: { call: http, with: { method: get, endpoint: { uri: https://a.example, authentication: { use: §me } } } }\n', [expect.stringMatching(/unknown_reference \/do\/0\/a\/with\/endpoint\/authentication\/use names no authentication of use\.authentications: "me"$/)]],
    ['a secret that is not declared', 'use: { secrets: [known] }\ndo:\n  - a: { set: { b: §"${ $secrets.other.key + $secrets.known.key }" } }\n', ['error unknown_credential /do/0/a/set/b names a secret that use.secrets does not declare: "other"']],
    ['a secret that is not there', 'use: { secrets: [§gone] }\ndo: []\n', ['warning unknown_credential /use/secrets/0 names no credential that is there: "gone"']],
    ['a password in the open', 'use: { authentications: { a: { basic: { username: u, password: §hunter22 } }, b: { bearer: { token: "${ $secrets.known.token }" } } }, secrets: [known] }\ndo: []\n', ['warning open_secret /use/authentications/a/basic/password is a secret in the open: everybody who may read the flow sees it. Declare a credential in use.secrets, and write ${ $secrets.<name>.<field> }']],
    ['an integration that is not there', 'do:\n  - a: { call: §Bokshop/getBook, with: { id: 1 } }\n', ['warning unknown_integration /do/0/a/call names no integration that is there: "Bokshop", did you mean "Bookshop"?']],
    ['an integration of which there are two', 'do:\n  - a: { call: §Twin/getBook }\n', ['warning unknown_integration /do/0/a/call names more than one integration: "Twin". Name it by its id']],
    ['an operation that is not there', 'do:\n  - a: { call: §Bookshop/getBok }\n', ['warning unknown_operation /do/0/a/call names no operation of Bookshop: "getBok", did you mean "getBook"?']],
    ['a function that is not there', 'do:\n  - a: { call: §getBook }\n', [expect.stringMatching(/^error unknown_function \/do\/0\/a\/call names no function: "getBook"/)]],
    ['a catalog that is not declared', 'do:\n  - a: { call: §"log:1.0.0@ours" }\n', ['error unknown_reference /do/0/a/call names no catalog of use.catalogs: "ours"']],
    ['input that cannot fit', 'do:\n  - a: { call: Bookshop/getBook, with: { id: §one } }\n', ['error invalid_input /do/0/a/with/id does not fit the operation: must be an integer, not a string']],
    ['input without what is needed', 'do:\n  - §a: { call: Bookshop/getBook }\n', ['error invalid_input /do/0/a/with/id does not fit the operation: is missing']],
    ['input that may fit', 'do:\n  - a: { call: Bookshop/getBook, with: { id: "${ .id }", lang: "${ .lang }" } }\n', []],
    ['a flow that is not there', 'do:\n  - a: { run: { workflow: { namespace: default, name: §gone, version: latest } } }\n', [expect.stringMatching(/^warning unknown_flow /)]],
    ['a shell', 'do:\n  - a: { run: { §shell: { command: §"echo ${HOME}" } } }\n', ['warning not_allowed /do/0/a/run/shell is nothing that this hub runs, unless its operator allows it', expect.stringMatching(/HOME/)]],
    ['a script of another language', 'do:\n  - a: { run: { script: { language: §python, code: "print(1)" } } }\n', [expect.stringMatching(/warning not_allowed \/do\/0\/a\/run\/script\/language/)]],
    ['code with a template of its own', 'do:\n  - a: { run: { script: { language: javascript, code: "return `${ a | }`" } } }\n', []],
    ['a duration that is none', 'do:\n  - a: { wait: §5m }\n', ['error invalid_duration /do/0/a/wait is no duration: write PT15M as ISO 8601 has it, { minutes: 15 }, or an expression']],
    ['a duration before its begin', 'do:\n  - a: { wait: §{ seconds: -1 } }\n', [expect.stringMatching(/^error invalid_duration/)]],
    ['a cron expression that is none', 'schedule: { cron: §0 8 * * }\ndo: []\n', [expect.stringMatching(/^error invalid_schedule \/schedule\/cron is no cron expression such as/)]],
    ['a day that never comes', 'schedule: { cron: §0 8 30 2 * }\ndo: []\n', ['error invalid_schedule /schedule/cron never comes']],
    ['an interval of nothing', 'schedule: { every: §PT0S }\ndo: []\n', ['error invalid_schedule /schedule/every is no time at all']],
    ['events that begin a run together by nothing', 'schedule: { on: { all: §[] } }\ndo: []\n', ['error invalid_schedule /schedule/on/all names no event, so that nothing would ever begin it']],
    ['events that are linked by different values', 'schedule:\n  on:\n    all:\n      - { with: { type: a }, correlate: { order: { from: .data.order } } }\n      - §{ with: { type: b } }\ndo: []\n', ['error invalid_schedule /schedule/on/all/1 must correlate by the same names as the first one does (order)']],
    ['an end that is linked to what it does not end', 'schedule:\n  on:\n    any: [{ with: { type: a } }]\n    until: { one: §{ with: { type: b }, correlate: { order: { from: .data.order } } } }\ndo: []\n', ['error invalid_schedule /schedule/on/until/one must correlate by the same names as what it ends (none), or by none']],
    ['a condition to begin at that is no jq', 'schedule: { on: { any: [], until: §". |" } }\ndo: []\n', [expect.stringMatching(/^error expression \/schedule\/on\/until is no valid jq/)]],
    ['events that begin a run together', 'schedule:\n  on:\n    any: [{ with: { type: a }, correlate: { order: { from: .data.order }, paid: { from: .data.paid, expect: "${ true }" } } }]\n    until: length > 2\ndo: []\n', []],
    ['an endpoint that is no URI', 'do:\n  - a: { call: http, with: { method: get, endpoint: §a.example } }\n', [expect.stringMatching(/^error invalid_endpoint \/do\/0\/a\/with\/endpoint is no URI/)]],
    ['a template with spaces in it', 'do:\n  - a: { call: http, with: { method: get, endpoint: { uri: §"https://a.example/{a b}" } } }\n', [expect.stringMatching(/invalid_endpoint \/do\/0\/a\/with\/endpoint\/uri is a template with braces/)]],
    ['a schema that leads nowhere', 'input: { schema: { document: { $ref: §"#/nope" } } }\ndo: []\n', ['error invalid_schema /input/schema/document/$ref is no schema that can be checked: It refers to "#/nope", which does not exist']],
    ['a schema of another format', 'input: { schema: §{ format: avro, document: {} } }\ndo: []\n', [expect.stringMatching(/warning not_checked \/input\/schema is of the format "avro"/)]],
  ])('%s', async (_what, rest, expected) => {
    await checker.expectFindings(rest, expected)
  })

  test.each([
    ['concurrency: 0', '/concurrency'], ['timezone: Mars/Olympus', '/timezone'], ['lifecycleEvents: loud', '/lifecycleEvents'], ['orderBy: ".a ["', '/orderBy'], ['nonsense: 1', '/nonsense'],
    ['triggers: [{ webhook: {} }]', '/triggers/0/webhook/source'], ['tool: { readOnly: maybe }', '/tool/readOnly'],
  ])('the setting %s is refused where it stands', async (setting, pointer) => {
    const { findings } = await checker.validate(`document:\n  dsl: 1.0.3\n  namespace: default\n  name: x\n  version: 1.0.0\n  metadata:\n    interchange:\n      ${setting}\ndo: []\n`)
    expect(findings).toMatchObject([{ severity: 'error', pointer: `/document/metadata/interchange${pointer}`, line: 8 }])
  })

  test('settings that are right are taken, and so are those of others', async () => {
    const { findings, definition } = await checker.validate(`document:\n  dsl: 1.0.3\n  namespace: default\n  name: x\n  version: 1.0.0\n  metadata:\n    other: { a: 1 }\n    interchange: { concurrency: 5, orderBy: .customer, idempotencyBy: .id, lifecycleEvents: workflow, timezone: Europe/Berlin, triggers: [{ webhook: { source: shop, respond: true } }], tool: { readOnly: true } }\nschedule: { cron: 0 8 * * 1-5 }\ndo: []\n`)
    expect(findings).toEqual([])
    expect(definition).toBeDefined()
  })

  test('a document with a thousand faults is told the first two hundred', async () => {
    const { findings } = await checker.validate(`${heading}do:\n${Array.from({ length: 1000 }, (_, at) => `  - t${at}: { nothing: 1 }\n`).join('')}`)
    expect(findings).toHaveLength(200)
  })
})

describe('documents of the specification', () => {
  const documents = specificationDocuments()
  test.skipIf(documents.length === 0)(`all ${documents.length} of them are valid`, async () => {
    expect(documents.length).toBeGreaterThan(80)
    for (const { name, text } of documents) {
      const { definition, findings } = await checker.validate(text)
      expect({ name, errors: findings.filter(({ severity }) => severity === 'error') }).toEqual({ name, errors: [] })
      expect(definition).toBeDefined()
    }
  })
})
