import type { Db } from '../../db/db.ts'

export type Decision = 'given' | 'denied'

export interface ApprovalRow {
  tenantId: string
  id: string
  runId: string
  subject: string
  title: string
  detail: string
  expiresAt: Date
  answer: Decision | null
}

const columns = 'tenant_id as "tenantId", id, run_id as "runId", subject, title, detail, expires_at as "expiresAt", answer'

export async function insertApproval(db: Db, row: Omit<ApprovalRow, 'answer'> & { hash: Buffer }): Promise<void> {
  await db.query(
    'insert into flow_approvals (tenant_id, id, hash, run_id, subject, title, detail, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [row.tenantId, row.id, row.hash, row.runId, row.subject, row.title, row.detail, row.expiresAt])
}

/** Over all tenants: the link is all that its holder brings. Locked to the transaction's end where `lock` is set: of two answers at once, one counts. */
export async function findApproval(db: Db, hash: Buffer, { lock = false } = {}): Promise<(ApprovalRow & { tenantName: string }) | undefined> {
  const { rows } = await db.query<ApprovalRow & { tenantName: string }>(
    `select a.*, t.name as "tenantName" from (select ${columns} from flow_approvals where hash = $1 and expires_at > now()${lock ? ' for update' : ''}) a join tenants t on t.id = a."tenantId"`, [hash])
  return rows[0]
}

export async function updateAnswered(db: Db, { tenantId, id }: Pick<ApprovalRow, 'tenantId' | 'id'>, answer: Decision): Promise<void> {
  await db.query('update flow_approvals set answered_at = now(), answer = $3 where tenant_id = $1 and id = $2', [tenantId, id, answer])
}

export async function deleteEndedApprovals(db: Db): Promise<void> {
  await db.query("delete from flow_approvals where expires_at < now() - interval '30 days'")
}
