import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { clientTypes } from '../../scripts/build-client.ts'
import { createApiDocument } from '../api/openapi.ts'
import { routes } from '../api/routes/index.ts'

test("the client's types are those of the route table: `npm run build-client` writes them", async () => {
  const written = await readFile(new URL('./types.ts', import.meta.url), 'utf8')
  expect(written).toBe(clientTypes(await createApiDocument(routes, { version: '0' })))
})
