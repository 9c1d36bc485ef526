/** https://docs.slack.dev/authentication/verifying-requests-from-slack/ and https://docs.slack.dev/reference/events/url_verification/ */
import { decoded, hmacKey, matchesHmac, MISMATCH, missing, timestampFault, toleranceSeconds } from './signature.ts'
import { defineScheme, failed, headerOf, passed, textOf } from './scheme.ts'

const PREFIX = 'v0='

export const slack = defineScheme({
  name: 'slack',
  description: 'Slack: `X-Slack-Signature` with its timestamp. The URL challenge is answered.',
  settings: { toleranceSeconds },
  secret: { description: "The app's signing secret.", aliases: ['signingSecret'] },
  keyOf: (secret) => hmacKey(secret),
  verify(request, settings, keys, now) {
    const given = headerOf(request, 'x-slack-signature') ?? ''
    const timestamp = headerOf(request, 'x-slack-request-timestamp')
    const signature = given.startsWith(PREFIX) ? decoded(given.slice(PREFIX.length), 'hex') : undefined
    if (signature === undefined) return failed(missing('X-Slack-Signature'))
    const fault = timestampFault(timestamp, settings.toleranceSeconds, now)
    if (fault !== undefined) return failed(fault)
    return matchesHmac('sha256', keys, [`v0:${timestamp}:`, request.rawBody], [signature]) ? passed : failed(MISMATCH)
  },
  challenge(_request, data) {
    const challenge = textOf(data, 'type') === 'url_verification' ? textOf(data, 'challenge') : undefined
    return challenge === undefined ? undefined : { status: 200, contentType: 'application/json', body: JSON.stringify({ challenge }) }
  },
  eventType(_request, data) {
    // Commands and interactions come as forms; the latter have JSON in the field `payload`.
    if (textOf(data, 'command') !== undefined) return 'slash_command'
    const payload = textOf(data, 'payload')
    if (payload !== undefined) return textOf(parsed(payload), 'type')
    const type = textOf(data, 'type')
    return type === 'event_callback' ? textOf((data as { event?: unknown }).event, 'type') ?? type : type
  },
  eventId: (_request, data) => textOf(data, 'event_id'),
})

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
