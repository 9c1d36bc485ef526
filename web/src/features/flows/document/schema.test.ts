/** Fields of schemas, and what is taken away with them. */
import { expect, test } from 'vitest'
import { emptiedWith } from './emptied.ts'
import { dropProperty, renameProperty, setRequired } from './schema.ts'
import { renameUse } from './use.ts'

const text = `input:
  schema:
    document:
      type: object
      required: [name, size] # both
      properties:
        # Whom.
        name: { type: string }
        size: { type: integer } # in all
`
const schema = '/input/schema/document'

test('a field is renamed in its place, also among those that are needed, with its comments', () => {
  expect(renameProperty(text, schema, { from: 'name', to: 'whom' })).toBe(text.replace('required: [name,', 'required: [whom,').replace('name: {', 'whom: {'))
  expect(renameProperty(text, schema, { from: 'name', to: 'size' })).toBeUndefined()
})

test('a field is needed or not; one that goes is needed no more', () => {
  expect(setRequired(text, schema, 'name', false)).toContain('required: [size] # both\n')
  expect(setRequired(setRequired(text, schema, 'name', false)!, schema, 'size', false)).not.toContain('required')
  const without = dropProperty(text, schema, 'name')!
  expect(without).toContain('required: [size]')
  expect(without).not.toContain('Whom')
  expect(without).toContain('size: { type: integer } # in all\n')
})

test('what is taken away takes what would be left empty along, but no name, no item and not the document', () => {
  const definition = {
    document: { metadata: { interchange: { timezone: 'UTC' } } }, schedule: { on: { one: { with: { type: 'a' } } }, cron: '* * * * *' },
    use: { retries: { gently: { delay: { seconds: 1 } } } }, triggers: [{ webhook: { source: 'a' } }],
  }
  expect(emptiedWith(definition, '/document/metadata/interchange/timezone')).toBe('/document/metadata')
  expect(emptiedWith(definition, '/document/metadata/interchange/concurrency')).toBe('/document/metadata/interchange/concurrency')
  expect(emptiedWith(definition, '/schedule/on/one/with/type')).toBe('/schedule/on')
  expect(emptiedWith(definition, '/use/retries/gently/delay')).toBe('/use/retries/gently/delay')
  expect(emptiedWith(definition, '/use/retries/gently')).toBe('/use')
  expect(emptiedWith(definition, '/triggers/0/webhook/source')).toBe('/triggers/0/webhook')
})

test('a catalog is renamed with the calls of its functions', () => {
  const flow = 'use:\n  catalogs:\n    ours: { endpoint: https://example.com }\ndo:\n  - a: { call: log:1.0.0@ours } # keep\n  - b: { call: log:1.0.0@yours }\n'
  expect(renameUse(flow, 'catalogs', { from: 'ours', to: 'mine' })).toBe(flow.replaceAll(/\bours\b/g, 'mine'))
})
