/** What a flow says of its times, written down where the clock looks. */
import type { Db } from '../../db/db.ts'
import { firstDue, timedTriggersOf } from './schedule.ts'
import { deleteOtherSchedules, findScheduled, upsertSchedule } from './schedules-store.ts'

/** Part of the transaction that changes the flow. */
export async function placeSchedules(db: Db, tenantId: string, flowId: string): Promise<void> {
  const scheduled = await findScheduled(db, tenantId, flowId)
  const triggers = scheduled === undefined ? [] : timedTriggersOf(scheduled.definition)
  await deleteOtherSchedules(db, { tenantId, flowId, kept: triggers.map(({ id }) => id) })
  for (const { id, timing } of triggers) await upsertSchedule(db, { tenantId, flowId, triggerId: id, version: scheduled!.version, settings: timing, dueAt: firstDue(timing, new Date()) })
}
