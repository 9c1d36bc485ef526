/** What a flow says of when it begins by itself, written down where the clock and the gatherer look. */
import type { Db } from '../../db/db.ts'
import { beginFollower } from '../../events/followers.ts'
import { deleteGatheredOtherwise, updateGatheringBegun } from './gathering-store.ts'
import { firstDue, timedTriggersOf } from './schedule.ts'
import { deleteOtherSchedules, findScheduled, upsertSchedule, type ScheduleKey } from './schedules-store.ts'

/** The follower of a tenant's events that gathers them. */
export const GATHERER = 'flow gatherings'

/** Part of the transaction that changes the flow. */
export async function placeSchedules(db: Db, tenantId: string, flowId: string): Promise<void> {
  const scheduled = await findScheduled(db, tenantId, flowId)
  const triggers = scheduled === undefined ? [] : timedTriggersOf(scheduled.definition)
  await deleteOtherSchedules(db, { tenantId, flowId, kept: triggers.map(({ id }) => id) })
  for (const { id, timing } of triggers) {
    const key: ScheduleKey = { tenantId, flowId, triggerId: id }
    if (timing.kind === 'gather') await deleteGatheredOtherwise(db, key, timing)
    await upsertSchedule(db, { ...key, version: scheduled!.version, settings: timing, dueAt: firstDue(timing, new Date()) })
    if (timing.kind !== 'gather') continue
    await updateGatheringBegun(db, key)
    await beginFollower(db, tenantId, GATHERER)
  }
}
