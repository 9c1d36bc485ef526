/** The SDK of the standard's authors judges documents by the same schema, with another validator: it is the oracle here, and no part of the hub. */
import { Classes } from '@serverlessworkflow/sdk'
import { expect, test } from 'vitest'
import { specificationDocuments } from './document.fixture.ts'
import { checkForm } from './form.ts'
import { visitParts } from './parts.ts'
import { readSource } from './source.ts'
import type { Note } from './finding.ts'
import type { Members } from './tasks.ts'
import { checkValues } from './values.ts'

/** Form, and the values whose text the schema looks at too. */
function isRight(definition: unknown): boolean {
  const notes: Note[] = []
  const report = (note: Note): void => { notes.push(note) }
  checkForm(definition, report)
  if (notes.length === 0) visitParts(definition as Members, checkValues(report))
  return !notes.some(({ severity }) => severity === 'error')
}

function isRightToSdk(definition: unknown): boolean {
  try {
    Classes.Workflow.deserialize(JSON.stringify(definition))
    return true
  } catch {
    return false
  }
}

const seeds = [
  'do:\n  - a: { call: http, with: { method: get, endpoint: { uri: "https://a.example/{id}", authentication: { oauth2: { authority: https://b.example, grant: client_credentials, client: { id: c, secret: s } } } }, headers: { a: b } }, output: { as: .x }, timeout: { after: PT5S } }\n',
  'do:\n  - a: { for: { each: x, in: .xs }, while: $x, do: [{ b: { switch: [{ yes: { when: .a, then: end } }, { no: { then: continue } }] } }] }\n',
  'do:\n  - a: { try: [{ b: { wait: { seconds: 1 } } }], catch: { errors: { with: { status: 404 } }, as: e, retry: { delay: PT1S, backoff: { exponential: {} }, limit: { attempt: { count: 3 } }, jitter: { from: PT0S, to: PT1S } }, do: [{ c: { set: { a: 1 } } }] } }\n',
  'do:\n  - a: { listen: { to: { any: [{ with: { type: a.b }, correlate: { k: { from: .data.k } } }], until: .done }, read: envelope }, foreach: { item: i, do: [{ b: { emit: { event: { with: { source: https://a.example, type: t, data: { x: 1 } } } } } }] } }\n',
  'do:\n  - a: { fork: { compete: true, branches: [{ b: { raise: { error: { type: https://a.example/e, status: 400, title: t } } } }, { c: { run: { script: { language: js, code: "1" } } } }] } }\n',
  'do:\n  - a: { run: { workflow: { namespace: n, name: m, version: 1.0.0, input: { a: 1 } } } }\n  - b: { run: { container: { image: x, lifetime: { cleanup: eventually, after: PT1M } }, return: all } }\n  - c: { call: f, with: { a: 1 } }\nuse: { functions: { f: { call: grpc, with: { proto: { endpoint: https://a.example/p }, service: { name: s, host: h, port: 1 }, method: m } } }, retries: { r: { delay: { minutes: 1 } } }, errors: { e: { type: https://a.example, status: 500 } } }\nschedule: { every: { hours: 1 } }\ntimeout: { after: PT1H }\n',
].map((rest) => `document: { dsl: 1.0.3, namespace: default, name: seed, version: 1.0.0 }\n${rest}`)

/** What people do to a document: leave something out, mistype a name, put something else where it does not belong. */
function* mutations(value: unknown, put: (value: unknown) => void): Generator<string> {
  const strangers: unknown[] = [null, 5, 'text', true, [], {}, { wrong: 1 }]
  for (const [name, stranger] of strangers.map((each) => [JSON.stringify(each), each] as const)) {
    put(stranger)
    yield `→ ${name}`
  }
  put(value)
  if (typeof value !== 'object' || value === null) return
  const members = value as Record<string, unknown>
  for (const name of Object.keys(members)) {
    const { [name]: member, ...others } = members
    if (!Array.isArray(value)) {
      put(others)
      yield `without ${name}`
      put({ ...members, [`${name}x`]: member })
      yield `with ${name}x`
      put(value)
    }
    for (const each of mutations(member, (changed) => { members[name] = changed })) yield `${name}/${each}`
  }
}

test('documents, and what a slip makes of them, are right and wrong by both', () => {
  const differences: string[] = []
  let count = 0
  for (const [index, text] of seeds.entries()) {
    const root = { definition: readSource(text, 'yaml').value }
    expect([isRight(root.definition), isRightToSdk(root.definition)], text).toEqual([true, true])
    for (const mutation of mutations(root.definition, (changed) => { root.definition = changed })) {
      count += 1
      if (isRight(root.definition) !== isRightToSdk(root.definition)) differences.push(`${index} ${mutation}: ${isRight(root.definition) ? 'right here' : 'wrong here'}`)
    }
  }
  expect(count).toBeGreaterThan(1500)
  expect(differences).toEqual([])
})

const documents = specificationDocuments()
test.skipIf(documents.length === 0)(`all ${documents.length} documents of the specification are right by both`, () => {
  for (const { name, text } of documents) {
    const { value } = readSource(text, 'yaml')
    expect({ name, here: isRight(value), there: isRightToSdk(value) }).toEqual({ name, here: true, there: true })
  }
})
