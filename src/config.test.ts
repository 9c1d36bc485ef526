import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { configurationPage } from '../scripts/write-configuration.ts'
import { readConfig, SettingError } from './config.ts'

test('everything has a default', () => {
  expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 8080, databaseUrl: undefined, apiKey: undefined, allowNetworks: [], logLevel: 'info' })
})

const wrong: [variable: string, value: string][] = [
  ['INTERCHANGE_HOST', 'not a host'], ['INTERCHANGE_PORT', '80a'], ['INTERCHANGE_PORT', '65536'], ['INTERCHANGE_PORT', '-1'], ['DATABASE_URL', 'mysql://host/db'],
  ['INTERCHANGE_API_KEY', 'too-short'], ['INTERCHANGE_API_KEY', 'with a space in it, and long enough'], ['INTERCHANGE_ROOT_KEY', 'abcd'],
  ['INTERCHANGE_ALLOW_NETWORKS', '10.0.0.0/33'], ['INTERCHANGE_ALLOW_NETWORKS', 'localhost'], ['INTERCHANGE_LOG_LEVEL', 'loud'],
  ['INTERCHANGE_ALLOW_ENV', 'INTERCHANGE_ROOT_KEY'], ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'], ['INTERCHANGE_MAX_BODY_BYTES', '1e6'],
  ['INTERCHANGE_ALLOW_SHELL', 'yes'], ['INTERCHANGE_ALLOW_COMMANDS', 'npx -y'], ['INTERCHANGE_CONTAINER_COMMAND', 'docker run'], ['INTERCHANGE_PYTHON', '--version'],
]

test.each(wrong)('a wrong %s (%s) is told in one line that says what it takes', (variable, value) => {
  const read = (): unknown => readConfig({ [variable]: value })
  expect(read).toThrow(SettingError)
  expect(read).toThrow(new RegExp(`^${variable} is .*, but takes .+\\.$`))
})

test('a secret setting is not repeated in its error', () => {
  expect(() => readConfig({ INTERCHANGE_API_KEY: 'short-secret' })).toThrow(/^(?!.*short-secret)/)
})

test('an API key of 24 characters is taken', () => {
  expect(readConfig({ INTERCHANGE_API_KEY: 'x'.repeat(24) }).apiKey).toBe('x'.repeat(24))
})

test('networks are read from a list with spaces', () => {
  expect(readConfig({ INTERCHANGE_ALLOW_NETWORKS: ' 127.0.0.0/8, ::1/128 ,10.1.2.3' }).allowNetworks).toEqual(['127.0.0.0/8', '::1/128', '10.1.2.3'])
})

test('docs/configuration.md says what the settings say', async () => {
  expect(await readFile(new URL('../docs/configuration.md', import.meta.url), 'utf8')).toBe(configurationPage())
})
