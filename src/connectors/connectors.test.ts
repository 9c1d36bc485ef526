import { expect, test } from 'vitest'
import { builtInConnectors } from './index.ts'
import { startMailServer } from './smtp-email/mail-server.fixture.ts'
import { describeConnector, type SuiteOptions } from './suite.ts'

/** Mail does not go over HTTP. */
const options: Record<string, SuiteOptions> = {
  'smtp-email': {
    startServer: () => startMailServer({
      hideSTARTTLS: true, allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, answer) => answer(Object.assign(new Error(`no: ${username} ${password}`), { responseCode: 535 })),
    }),
    credentials: ({ host, port }, secret) => ({ host, port, username: 'hub', password: secret, from: 'hub@example.com' }),
  },
}

for (const connector of builtInConnectors) describeConnector(connector, options[connector.manifest.type])

test('the list has those that ship with the hub, each once', () => {
  const types = builtInConnectors.map(({ manifest }) => manifest.type)
  expect(types).toEqual(expect.arrayContaining(['ai-service', 'http', 'smtp-email', 'stripe', 'zulip-message']))
  expect(new Set(types).size).toBe(types.length)
})
