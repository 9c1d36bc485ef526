import { z } from 'zod'
import { defineRoute, timestamp } from '../../route.ts'
import { tag } from './shapes.ts'

const bytes = z.number()

export const getStorage = defineRoute({
  method: 'GET', path: '/api/v1/figures/storage', scope: 'executions:read', tag,
  summary: 'Get the storage that records and large values take.',
  description: 'Bytes of what is stored itself, without indexes and what the database needs besides. Events, deliveries and runs are measured every minute; of days that take more than 64 MiB by a sample.',
  reply: z.object({
    totalBytes: bytes,
    bytes: z.object({
      executions: bytes, events: bytes, deliveries: bytes.describe('Of those that are over, with their attempts.'), runs: bytes.describe('Of those that are over, and the journals of all.'),
      blobs: bytes.describe('Large values of all of them, and documents of connectors.'),
    }),
    measuredAt: timestamp.nullable().describe('When events, deliveries and runs were last measured; null where there are none yet.'),
    integrations: z.array(z.object({
      integrationId: z.uuid(), recordBytes: bytes.describe('Of executions.'), blobBytes: bytes.describe('Of large values beside them.'),
    })).describe('The largest first; deleted ones too, as long as something of them is kept.'),
  }),
  async handle({ figures, stored }, { caller }) {
    const [{ bytes: kinds, measuredAt }, integrations] = await Promise.all([stored.of(caller.tenantId), figures.storageByIntegration(caller.tenantId)])
    return { totalBytes: Object.values(kinds).reduce((sum, each) => sum + each, 0), bytes: kinds, measuredAt, integrations }
  },
})
