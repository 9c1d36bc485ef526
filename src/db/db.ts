/** What stores know of the database. */
import type { QueryResultRow } from 'pg'

export interface Db {
  query<Row extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<{ rows: Row[], rowCount: number | null }>
  /** Runs `work` in one transaction, on one connection; a throw rolls it back. */
  transaction<Result>(work: (db: Db) => Promise<Result>): Promise<Result>
}
