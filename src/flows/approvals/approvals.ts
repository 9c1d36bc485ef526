/** Runs ask people: a link that is good once, whose holder says yes or no; the answer is an event that the run listens for. */
import { createHash, randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { z } from 'zod'
import type { Database } from '../../db/database.ts'
import { HubError } from '../../errors.ts'
import type { HubEvents } from '../../events/hub-events.ts'
import { readArguments } from '../calls/arguments.ts'
import { durationMs } from '../duration.ts'
import type { Effect } from '../effect.ts'
import { deleteEndedApprovals, findApproval, insertApproval, updateAnswered, type ApprovalRow, type Decision } from './approvals-store.ts'

export type { Decision } from './approvals-store.ts'

/** The function by which a flow asks. */
export const APPROVAL_LINK = 'approval-link:1.0.0@interchange'

export interface Approvals {
  /** `call: approval-link:1.0.0@interchange`. Answers `{ url, expiresAt }`. */
  link: Effect<unknown>
  /** These two throw HubError `not_found` where the link is none, or its time is over. */
  read(token: string): Promise<Pick<ApprovalRow, 'title' | 'detail' | 'answer'> & { tenantName: string }>
  /** Resolves once the event is committed. Throws HubError `conflict` where it is answered already. */
  answer(token: string, decision: Decision, comment: string): Promise<void>
  expire(): Promise<void>
}

export interface ApprovalsDeps {
  database: Pick<Database, 'tenant' | 'system'>
  publish: HubEvents['publish']
  publicUrl(): string
}

const linkArguments = z.strictObject({
  subject: z.string().min(1).max(200).default('approval').describe('What is asked about, where a run asks more than once: it stands in the event.'),
  title: z.string().min(1).max(200).default('Your approval is asked for').describe('The heading that the person sees.'),
  detail: z.string().max(10_000).default('').describe('What they need to know to decide.'),
  expires: z.unknown().default('P7D').describe('How long the link is good: a duration, seven days unless said otherwise.'),
})

export function createApprovals({ database, publish, publicUrl }: ApprovalsDeps): Approvals {
  return {
    async link(given, { tenantId, runId, conceal }) {
      const { expires, ...asked } = readArguments(linkArguments, given, APPROVAL_LINK)
      const token = `ia_${randomBytes(32).toString('base64url')}`
      const expiresAt = new Date(Date.now() + durationMs(expires))
      await insertApproval(database.tenant(tenantId), { tenantId, id: uuidv7(), hash: hashOf(token), runId, ...asked, expiresAt })
      // Who may read the run's record need not be who may answer.
      conceal(token)
      return { url: `${publicUrl()}/approvals/${token}`, expiresAt: expiresAt.toISOString() }
    },
    async read(token) {
      const { title, detail, answer, tenantName } = await findApproval(database.system, hashOf(token)) ?? gone()
      return { title, detail, answer, tenantName }
    },
    answer: (token, decision, comment) => database.system.transaction(async (db) => {
      const { tenantId, id, runId, subject, answer } = await findApproval(db, hashOf(token), { lock: true }) ?? gone()
      if (answer !== null) throw new HubError('conflict', `This was answered already: the approval was ${answer}.`)
      await updateAnswered(db, { tenantId, id }, decision)
      // Committed before the answer is: where the process dies in between, the link still works, and its key keeps the event from coming twice.
      await publish(tenantId, { type: `approval.${decision}`, subject: runId, data: { run: runId, for: subject, decision, comment }, once: { scope: 'approval', key: id, windowSeconds: 30 * 86_400 } })
    }),
    expire: () => deleteEndedApprovals(database.system),
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function gone(): never {
  throw new HubError('not_found', 'This link is none of ours, or its time is over.')
}
