import { Client } from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase, withDatabase } from './postgres.ts'

test('databases asked for at once are separate, and migrated', async () => {
  const databases = await Promise.all(Array.from({ length: 6 }, createTestDatabase))
  const tenants = await Promise.all(databases.map(async ({ connectionString }, index) => {
    const client = new Client({ connectionString })
    await client.connect()
    await client.query('insert into tenants (id, slug, name) values (gen_random_uuid(), $1, $1)', [`tenant-${index}`])
    const { rows } = await client.query<{ slug: string }>('select slug from tenants')
    await client.end()
    return rows.map(({ slug }) => slug)
  }))
  expect(tenants).toEqual([0, 1, 2, 3, 4, 5].map((index) => [`tenant-${index}`]))
  await Promise.all(databases.map(({ drop }) => drop()))
})

test('a database is gone after the test, also when the test fails', async () => {
  const databases: string[] = []
  await expect(withDatabase(async (_database, connectionString) => {
    databases.push(connectionString)
    throw new Error('the test failed')
  })).rejects.toThrow('the test failed')
  const client = new Client({ connectionString: databases[0]! })
  await expect(client.connect()).rejects.toThrow(/does not exist/)
})
