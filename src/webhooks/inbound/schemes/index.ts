/** All verification schemes, in the order in which they are listed. */
import { basic } from './basic.ts'
import { bearer } from './bearer.ts'
import { github } from './github.ts'
import { hmac } from './hmac.ts'
import { ip } from './ip.ts'
import { none } from './none.ts'
import { query } from './query.ts'
import type { AnyScheme } from './scheme.ts'
import { shopify } from './shopify.ts'
import { slack } from './slack.ts'
import { standardWebhooks } from './standard-webhooks.ts'
import { stripe } from './stripe.ts'
import { twilio } from './twilio.ts'

export const schemes: readonly AnyScheme[] = [standardWebhooks, github, stripe, slack, shopify, twilio, hmac, basic, bearer, query, ip, none]

const byName = new Map(schemes.map((scheme) => [scheme.name, scheme]))

/** Of a source's settings, which name no other. */
export function schemeNamed(name: string): AnyScheme {
  const scheme = byName.get(name)
  if (scheme === undefined) throw new Error(`There is no verification scheme ${name}.`)
  return scheme
}
