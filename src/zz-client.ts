import { writeFile } from 'node:fs/promises'
import { createApiDocument } from './api/openapi.ts'
import { clientTypes } from '../scripts/build-client.ts'
const modules = ['tenants/index.ts', 'meta/index.ts', 'integrations/index.ts', 'executions/index.ts', 'blobs/index.ts', 'credentials/index.ts', 'connectors/index.ts']
const routes = []
for (const m of modules) {
  try { const mod = await import('./api/routes/' + m); for (const v of Object.values(mod)) if (Array.isArray(v)) routes.push(...v) } catch (e) { console.log(m, String(e).slice(0, 200)) }
}
const d = createApiDocument(routes, { version: '0' })
for (const [p, i] of Object.entries(d.paths)) for (const [m, o] of Object.entries(i)) console.log(o.operationId.padEnd(40), m, p)
await writeFile('src/client/types.ts', clientTypes(d))
