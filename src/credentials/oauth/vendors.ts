/** The vendors that come along: one file of data each, written from the vendor's own documentation. */
import type { OAuthServer } from './server.ts'
import atlassian from './vendors/atlassian.json' with { type: 'json' }
import dropbox from './vendors/dropbox.json' with { type: 'json' }
import github from './vendors/github.json' with { type: 'json' }
import google from './vendors/google.json' with { type: 'json' }
import hubspot from './vendors/hubspot.json' with { type: 'json' }
import microsoft from './vendors/microsoft.json' with { type: 'json' }
import notion from './vendors/notion.json' with { type: 'json' }
import salesforce from './vendors/salesforce.json' with { type: 'json' }
import slack from './vendors/slack.json' with { type: 'json' }
import zoom from './vendors/zoom.json' with { type: 'json' }

export interface Vendor {
  id: string
  server: OAuthServer
  /** Where it says all this. */
  documentation: string
  /** Where a client is registered. */
  console: string
  /** `{name}` in the addresses stands for these. */
  parameters: Record<string, { label: string, default: string, pattern: string }>
  scopes: Record<string, string>
  /** Asked for where nobody says which. */
  defaultScopes: string[]
  /** Asked for in any case: without them there is no refresh token. */
  alwaysScopes: string[]
  note?: string
}

export const vendors = [atlassian, dropbox, github, google, hubspot, microsoft, notion, salesforce, slack, zoom] as unknown as Vendor[]

export function findVendor(id: string): Vendor | undefined {
  return vendors.find((vendor) => vendor.id === id)
}

/** The vendor that a document's own address belongs to. */
export function vendorOfAddress(authorizationUrl: string | undefined): Vendor | undefined {
  const host = authorizationUrl === undefined ? undefined : URL.parse(authorizationUrl)?.host
  return host === undefined ? undefined : vendors.find((vendor) => URL.parse(filledIn(vendor, vendor.server.authorizationUrl!))?.host === host)
}

/** An address with the parameters that its client sets, or the usual ones. */
export function filledIn({ parameters }: Vendor, url: string, given: Record<string, string> = {}): string {
  return Object.entries(parameters).reduce((text, [name, { default: fallback }]) => text.replaceAll(`{${name}}`, given[name] ?? fallback), url)
}
