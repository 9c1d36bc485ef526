/** Databases for tests: real ones, cloned from a migrated template, one a test or a file. */
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { createDatabase } from '../src/db/database.ts'
import type { Database } from '../src/db/database.ts'

export interface TestDatabase {
  connectionString: string
  /** Cuts the connections that are left. */
  drop(): Promise<void>
}

/** A database of its own, migrated and empty. Whoever asks for it drops it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { connectionString, template } = inject('testServer')
  const name = `${template}_${randomUUID().slice(0, 13).replace('-', '')}`
  await command(connectionString, `create database ${name} template ${template} strategy file_copy`)
  const url = new URL(connectionString)
  url.pathname = `/${name}`
  return { connectionString: url.href, drop: () => command(connectionString, `drop database if exists ${name} with (force)`) }
}

/** Runs `use` with a database of its own. */
export async function withDatabase<Result>(use: (database: Database, connectionString: string) => Promise<Result>): Promise<Result> {
  const { connectionString, drop } = await createTestDatabase()
  // A lost connection fails the statement that needs it; here nothing else is to be told.
  const database = createDatabase({ connectionString, maxConnections: 8, onError: () => {} })
  try {
    return await use(database, connectionString)
  } finally {
    await database.close()
    await drop()
  }
}

async function command(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
