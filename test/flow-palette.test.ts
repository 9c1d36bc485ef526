/** What the dashboard's palette puts into flows, against what the hub finds wrong with documents. */
import { afterAll, expect, test } from 'vitest'
import { createChecker, heading } from '../src/flows/document/document.fixture.ts'
import { blueprints } from '../web/src/features/flows/palette/blueprints.ts'

const checker = createChecker({ allows: { shell: true, container: true, python: true }, hasFlow: async () => true })
afterAll(() => checker.close())

test.each(blueprints.map(({ id, name, definition }) => [id, name, definition] as const))('a new task of the kind %s is valid as it stands', async (_id, name, definition) => {
  const { findings } = await checker.validate(`${heading}do: ${JSON.stringify([{ [name]: definition }])}\n`)
  expect(findings).toEqual([])
})
