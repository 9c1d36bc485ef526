import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'

let hub: TestHub
let close: () => Promise<void>

beforeAll(async () => {
  ;({ hub, close } = await openHub({ env: { INTERCHANGE_SMTP_URL: 'smtp://canary:canary-password@127.0.0.1:9', INTERCHANGE_ALLOW_COMMANDS: 'npx', INTERCHANGE_OPENID_PROVIDERS: JSON.stringify([{ id: 'idp', name: 'Our IdP', issuer: 'http://127.0.0.1:9', clientId: 'c', clientSecret: 'canary-client-secret', domains: ['example.com'] }]) } }))
})
afterAll(() => close())

test('the operator sees what runs, what is allowed and how much is stored; no secret is among it', async () => {
  const { status, body, text } = await hub.call('GET', '/api/v1/hub')
  expect(status).toBe(200)
  expect(body).toMatchObject({ allowedNetworks: ['127.0.0.0/8'], database: { embedded: false, sizeBytes: expect.any(Number) }, signIn: { providers: [{ id: 'idp', issuer: 'http://127.0.0.1:9', domains: ['example.com'], joins: false }] } })
  const engine = (id: string) => body.engines.find((each: { id: string }) => each.id === id)
  expect(engine('postgres')).toMatchObject({ on: true, version: expect.stringMatching(/^\d+/) })
  expect(engine('jq').version).toMatch(/^1\.\d+/)
  expect(engine('mail')).toMatchObject({ on: true, setting: 'INTERCHANGE_SMTP_URL', detail: null })
  expect(engine('mcpCommands')).toMatchObject({ on: true, detail: ['npx'] })
  expect([engine('shell').on, engine('python').on]).toEqual([false, false])
  const sizes = body.tables.map(({ sizeBytes }: { sizeBytes: number }) => sizeBytes)
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  expect(body.tables.find(({ name }: { name: string }) => name === 'executions').sizeBytes).toBeGreaterThan(0)
  expect(text).not.toContain('canary')
})

test('another tenant learns what it may use, and nothing of the network and the machine', async () => {
  const { body, text } = await hub.call('GET', '/api/v1/hub', undefined, { key: await hub.addTenant('tenant') })
  expect(body).toMatchObject({ allowedNetworks: null, tables: null, database: { sizeBytes: null }, signIn: { providers: [{ issuer: null, domains: null }] } })
  expect(body.engines.every(({ detail }: { detail: unknown }) => detail === null)).toBe(true)
  expect(text).not.toContain('127.0.0.0')
})
