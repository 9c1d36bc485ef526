/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
import { randomBytes } from 'node:crypto'
import { decoded, hmacKey, matchesHmac, MISMATCH, missing } from './signature.ts'
import { defineScheme, failed, headerOf, passed } from './scheme.ts'

const HEADER = 'x-hub-signature-256'
const PREFIX = 'sha256='

export const github = defineScheme({
  name: 'github',
  description: 'GitHub: `X-Hub-Signature-256`. Its SHA-1 signature is not looked at.',
  settings: {},
  secret: { description: 'The secret that stands in the settings of the webhook at GitHub.', generate: () => randomBytes(32).toString('hex') },
  keyOf: (secret) => hmacKey(secret),
  verify(request, _settings, keys) {
    const given = headerOf(request, HEADER) ?? ''
    const signature = given.startsWith(PREFIX) ? decoded(given.slice(PREFIX.length), 'hex') : undefined
    if (signature === undefined) return failed(missing('X-Hub-Signature-256'))
    return matchesHmac('sha256', keys, [request.rawBody], [signature]) ? passed : failed(MISMATCH)
  },
  eventType: (request) => headerOf(request, 'x-github-event'),
  eventId: (request) => headerOf(request, 'x-github-delivery'),
})
