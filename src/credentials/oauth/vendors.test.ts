import { expect, test } from 'vitest'
import { z } from 'zod'
import { vendorOfAddress, vendors } from './vendors.ts'

const https = z.string().regex(/^https:\/\/[^\s]+$/)
const shape = z.strictObject({
  id: z.string().regex(/^[a-z]+$/), documentation: https, console: https, note: z.string().regex(/\.$/).optional(),
  parameters: z.record(z.string(), z.strictObject({ label: z.string().min(1), default: z.string().min(1), pattern: z.string().regex(/^\^.*\$$/) })),
  scopes: z.record(z.string(), z.string().regex(/\.$/)), defaultScopes: z.array(z.string()), alwaysScopes: z.array(z.string()),
  server: z.strictObject({
    name: z.string().min(1), authorizationUrl: https, tokenUrl: https, deviceAuthorizationUrl: https.optional(), authentication: z.enum(['basic', 'post']), body: z.enum(['form', 'json']),
    scopeSeparator: z.enum([' ', ',']), pkce: z.boolean(), authorizationParameters: z.record(z.string(), z.string()), keep: z.array(z.string()),
    revocation: z.strictObject({ url: https, method: z.enum(['POST', 'DELETE']), token: z.enum(['refresh', 'access']), send: z.enum(['form', 'json', 'bearer', 'path']), name: z.string(), client: z.boolean() }).optional(),
  }),
})

test.each(vendors.map((vendor) => [vendor.id, vendor] as const))('the vendor %s is whole: https everywhere, every placeholder explained, the scopes that it asks for among those that it has', (_id, vendor) => {
  shape.parse(vendor)
  const text = JSON.stringify(vendor.server)
  const placeholders = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).filter((name) => name !== 'client_id' && name !== 'token')
  expect(new Set(placeholders)).toEqual(new Set(Object.keys(vendor.parameters)))
  for (const { default: fallback, pattern } of Object.values(vendor.parameters)) {
    expect(fallback).toMatch(new RegExp(pattern))
    for (const hostile of ['evil.example/', 'a@evil.example', '', 'a b', '../x', 'evil.example#']) expect(hostile).not.toMatch(new RegExp(pattern))
  }
  for (const scope of [...vendor.defaultScopes, ...vendor.alwaysScopes]) expect(Object.keys(vendor.scopes)).toContain(scope)
})

test("a document's address is known by its host, whatever the path, and no other host is taken for it", () => {
  expect(vendorOfAddress('https://accounts.google.com/o/oauth2/auth')?.id).toBe('google')
  expect(vendorOfAddress('https://github.com/login/oauth/authorize')?.id).toBe('github')
  expect(vendorOfAddress('https://login.salesforce.com/services/oauth2/authorize')?.id).toBe('salesforce')
  for (const url of ['https://accounts.google.com.evil.example/o/oauth2/auth', 'https://evil.example/accounts.google.com', '/relative', undefined]) expect(vendorOfAddress(url)).toBeUndefined()
})
