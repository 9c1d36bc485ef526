/** https://docs.stripe.com/webhooks#verify-manually */
import { decoded, hmacKey, matchesHmac, MISMATCH, missing, timestampFault, toleranceSeconds } from './signature.ts'
import { defineScheme, failed, headerOf, passed, textOf } from './scheme.ts'

export const stripe = defineScheme({
  name: 'stripe',
  description: 'Stripe: `Stripe-Signature` with its timestamp.',
  settings: { toleranceSeconds },
  secret: { description: "The endpoint's signing secret, `whsec_…`, from Stripe.", aliases: ['signingSecret'] },
  // The prefix belongs to the key.
  keyOf: (secret) => hmacKey(secret),
  verify(request, settings, keys, now) {
    const parts = (headerOf(request, 'stripe-signature') ?? '').split(',').map((part) => part.trim())
    const timestamp = parts.find((part) => part.startsWith('t='))?.slice(2)
    const signatures = parts.flatMap((part) => (part.startsWith('v1=') ? decoded(part.slice(3), 'hex') ?? [] : []))
    if (signatures.length === 0) return failed(missing('Stripe-Signature'))
    const fault = timestampFault(timestamp, settings.toleranceSeconds, now)
    if (fault !== undefined) return failed(fault)
    return matchesHmac('sha256', keys, [`${timestamp}.`, request.rawBody], signatures) ? passed : failed(MISMATCH)
  },
  eventId: (_request, data) => textOf(data, 'id'),
})
