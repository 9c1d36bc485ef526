import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { tag } from './shapes.ts'

const bytes = { recordBytes: z.number().describe('Of executions.'), blobBytes: z.number().describe('Of large values beside them.') }

export const getStorage = defineRoute({
  method: 'GET', path: '/api/v1/figures/storage', scope: 'executions:read', tag,
  summary: 'Get the storage that records and large values take.',
  reply: z.object({ ...bytes, integrations: z.array(z.object({ integrationId: z.uuid(), ...bytes })).describe('The largest first; deleted ones too, as long as something of them is kept.') }),
  async handle({ figures }, { caller }) {
    const integrations = await figures.storageByIntegration(caller.tenantId)
    const total = { recordBytes: 0, blobBytes: 0 }
    for (const { recordBytes, blobBytes } of integrations) {
      total.recordBytes += recordBytes
      total.blobBytes += blobBytes
    }
    return { ...total, integrations }
  },
})
