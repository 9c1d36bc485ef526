/** The hub's own jobs: each runs once over all processes. */
import type { Idempotency } from '../api/idempotency.ts'
import { sweepDocuments } from '../catalog/sweep.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import { createNoticeSender, type Notice } from '../integrations/alerts.ts'
import { addJob, type Task } from '../jobs/jobs.ts'
import type { Areas } from './areas.ts'
import type { Storage } from './storage.ts'

const SEND_NOTICE = 'send-notice'
const DAY_MS = 86_400_000

/** Sent if the transaction commits, and tried ten times. */
export function queueNotice(db: Db, notice: Notice): Promise<void> {
  return addJob(db, SEND_NOTICE, notice, { maxAttempts: 10 })
}

export interface TaskDeps { areas: Areas, storage: Storage, idempotency: Idempotency, config: Config }

export function hubTasks({ areas, storage, idempotency, config }: TaskDeps): Task[] {
  const sendNotice = createNoticeSender({ http: storage.http, smtpUrl: config.smtpUrl, smtpFrom: config.smtpFrom })
  return [
    { name: 'partitions', cron: '7 * * * *', run: () => areas.retention.ensurePartitions() },
    { name: 'retention', cron: '17 * * * *', run: async () => { await areas.retention.apply() } },
    { name: 'sweep-blobs', cron: '37 * * * *', run: async () => {
      await storage.blobs.sweep()
      await sweepDocuments(storage)
    } },
    { name: 'expire-idempotency-keys', cron: '27 * * * *', run: () => idempotency.expire() },
    { name: 'expire-webhook-figures', cron: '57 * * * *', run: async () => {
      await areas.services.webhookFigures.expire()
      await areas.services.sourceFigures.expire()
    } },
    { name: 'expire-webhook-requests', cron: '47 * * * *', run: () => areas.services.hookRequests.expire() },
    { name: 'alerts', cron: '* * * * *', run: () => areas.services.alerts.evaluateAll() },
    { name: 'credential-expiry', cron: '*/5 * * * *', run: async () => { await areas.services.credentialExpiry.tell() } },
    { name: 'event-retention', cron: '3 * * * *', run: async () => { await areas.eventRetention.apply() } },
    { name: 'expire-sign-in', cron: '23 * * * *', run: async () => {
      await areas.services.sessions.expire()
      await areas.services.signInLinks.expire()
    } },
    { name: 'expire-record-links', cron: '9 * * * *', run: () => storage.links.expire() },
    { name: 'expire-approvals', cron: '33 * * * *', run: () => areas.services.approvals.expire() },
    { name: 'expire-gatherings', cron: '53 * * * *', run: () => areas.flowTriggers.expire() },
    { name: 'expire-oauth', cron: '43 * * * *', run: () => areas.services.credentials.oauth.expire() },
    // Of what has just been written; and, after what was let go of, of all.
    { name: 'measure-stored', cron: '* * * * *', run: () => areas.services.stored.measure(new Date(Date.now() - 2 * DAY_MS)) },
    { name: 'measure-all-stored', cron: '19 * * * *', run: () => areas.services.stored.measure() },
    { name: 'run-retention', cron: '13 * * * *', run: async () => { await areas.flowRuns.retention.apply() } },
    ...areas.eventBus.tasks,
    { name: SEND_NOTICE, run: (payload) => sendNotice(payload as Notice) },
  ]
}
