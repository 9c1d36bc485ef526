/** https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
import { decoded, hmacKey, matchesHmac, MISMATCH, missing } from './signature.ts'
import { defineScheme, failed, headerOf, passed } from './scheme.ts'

export const shopify = defineScheme({
  name: 'shopify',
  description: 'Shopify: `X-Shopify-Hmac-Sha256`. It has no timestamp: let `dedupe` be `{ "sender": true }`, so that what was sent once does not count twice.',
  settings: {},
  secret: { description: "The app's client secret, or the secret under which the store signs its webhooks.", aliases: ['clientSecret'] },
  keyOf: (secret) => hmacKey(secret),
  verify(request, _settings, keys) {
    const signature = decoded(headerOf(request, 'x-shopify-hmac-sha256') ?? '', 'base64')
    if (signature === undefined) return failed(missing('X-Shopify-Hmac-Sha256'))
    return matchesHmac('sha256', keys, [request.rawBody], [signature]) ? passed : failed(MISMATCH)
  },
  eventType: (request) => headerOf(request, 'x-shopify-topic'),
  // One event may reach several subscriptions, each under a webhook id of its own.
  eventId: (request) => headerOf(request, 'x-shopify-webhook-id') ?? headerOf(request, 'x-shopify-event-id'),
})
