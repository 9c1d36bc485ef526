/** One Postgres for the whole run, with a migrated template that `test/postgres.ts` clones. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../src/db/migrate.ts'

/** What the run's tests share. */
export interface TestServer {
  /** Of a database to give commands from, such as `create database`; of no use for tables. */
  connectionString: string
  template: string
}

declare module 'vitest' {
  interface ProvidedContext { testServer: TestServer }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = `interchange_test_${randomUUID().slice(0, 8)}`
  const server = await openServer(template)
  try {
    await makeTemplate(server.connectionString, template)
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('testServer', { connectionString: server.connectionString, template })
  return server.stop
}

/** `TEST_DATABASE_URL`'s, less our databases afterwards, or one that is gone after the run. */
async function openServer(template: string): Promise<{ connectionString: string, stop(): Promise<void> }> {
  const given = process.env['TEST_DATABASE_URL']
  if (given) return { connectionString: given, stop: () => dropDatabases(given, template) }
  // In a session of its own: Ctrl-C is for the run, which then closes its standard input.
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'postgres-server.ts')], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  const first = await Promise.race([line, exit.then(() => undefined)])
  if (!first) throw new Error('The Postgres of the tests did not start.')
  return {
    connectionString: first[0],
    async stop() {
      child.stdin.end()
      await exit
    },
  }
}

async function makeTemplate(connectionString: string, name: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await client.query(`create database ${name}`)
    const url = new URL(connectionString)
    url.pathname = `/${name}`
    await migrate(url.href)
    // A database that somebody is connected to can't be cloned.
    await client.query(`alter database ${name} with allow_connections false`)
  } finally {
    await client.end()
  }
}

/** Also those that a failed test left. */
async function dropDatabases(connectionString: string, template: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>('select datname as name from pg_database where starts_with(datname, $1)', [template])
    for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`)
  } finally {
    await client.end()
  }
}
