/** Names for people: of vendors, which documents know by their domains only, and of services whose titles say too little. */
import { brandOf, squeeze } from './icons.ts'
import type { Facts } from './facts.ts'

const vendorNames: Record<string, string> = {
  'amazonaws.com': 'Amazon Web Services', 'azure.com': 'Microsoft Azure', 'microsoft.com': 'Microsoft', 'googleapis.com': 'Google', 'google.com': 'Google', 'google.home': 'Google Home',
  'hubapi.com': 'HubSpot', 'nexmo.com': 'Vonage (Nexmo)', 'nytimes.com': 'The New York Times', 'sportsdata.io': 'SportsData', 'twitter.com': 'X (Twitter)', 'visualstudio.com': 'Microsoft Visual Studio',
  'windows.net': 'Microsoft Windows Azure', 'windowsazure.com': 'Microsoft Azure', 'slack.com': 'Slack', 'gov.bc.ca': 'British Columbia', 'apisetu.gov.in': 'API Setu (India)', 'epa.gov': 'US EPA',
  'youneedabudget.com': 'YNAB', 'letmc.com': 'agentOS (LetMC)', 'github.com': 'GitHub', 'linkedin.com': 'LinkedIn', 'sendgrid.com': 'SendGrid', 'postmarkapp.com': 'Postmark', 'paypal.com': 'PayPal', 'openai.com': 'OpenAI',
  'o2.cz': 'O2', 'files.com': 'Files.com', 'polygon.io': 'Polygon.io', 'flat.io': 'Flat', 'rumble.run': 'Rumble', 'sonar.trading': 'Sonar Trading', 'rubrikinc.github.io': 'Rubrik', 'here.com': 'HERE',
  'api.video': 'api.video', 'apis.guru': 'APIs.guru', 'archive.org': 'Internet Archive', 'bbc.co.uk': 'BBC', 'bbci.co.uk': 'BBC', 'bkk.hu': 'BKK', 'bufferapp.com': 'Buffer', 'color.pizza': 'color.pizza',
  'data.gov': 'Data.gov', 'dev.to': 'DEV', 'e-conomic.com': 'e-conomic', 'getpostman.com': 'Postman', 'gsa.gov': 'US GSA', 'haloapi.com': 'Halo (343 Industries)', 'import.io': 'Import.io', 'izettle.com': 'Zettle',
  'link.fish': 'link.fish', 'mandrillapp.com': 'Mandrill', 'meraki.com': 'Cisco Meraki', 'mercedes-benz.com': 'Mercedes-Benz', 'nbg.gr': 'National Bank of Greece', 'parliament.uk': 'UK Parliament',
  'payments.service.gov.uk': 'GOV.UK Pay', 'ptv.vic.gov.au': 'Public Transport Victoria', 'remove.bg': 'remove.bg', 'squareup.com': 'Square', 'tfl.gov.uk': 'Transport for London', 'va.gov': 'US Veterans Affairs',
  'walletobjects.googleapis.com': 'Google', 'wmata.com': 'WMATA', 'linode.com': 'Linode', 'interactivebrokers.com': 'Interactive Brokers', 'healthcare.gov': 'HealthCare.gov', 'consumerfinance.gov': 'US CFPB',
}
const titles: Record<string, string> = {
  'microsoft.com/graph.json': 'Microsoft Graph', 'microsoft.com/graph-beta.json': 'Microsoft Graph (beta)', 'vtex.local/VTEX_TEMPLATE.json': 'VTEX template', 'brex.io.json': 'Brex KYC API',
  'github.com/api.github.com.json': 'GitHub REST API', 'github.com/github.ae.json': 'GitHub AE REST API',
}

const secondLevels = new Set(['ac', 'appspot', 'azurewebsites', 'co', 'com', 'edu', 'github', 'gov', 'herokuapp', 'local', 'net', 'org', 'example'])
const generic = /\b(the|public|rest|restful|web|http|open|openapi|swagger|api|apis|reference|documentation|docs|client|service|services|v?\d+(\.\w+)*|beta|alpha)\b/gi

/** The telling part of a domain: `api.stripe.com` → `stripe`. */
export function labelOf(domain: string): string {
  const parts = domain.split('.').slice(0, -1)
  while (parts.length > 1 && secondLevels.has(parts.at(-1)!)) parts.pop()
  return parts.at(-1) ?? domain
}

/** A title without the words that every API's title has. */
export function bare(title: string): string {
  return title.replaceAll(generic, ' ').replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

export function vendorName(vendor: string, titlesOfVendor: string[]): string {
  const known = vendorNames[vendor]
  if (known !== undefined) return known
  const label = labelOf(vendor)
  // A title that spells the label shows where its capitals are.
  const spelled = titlesOfVendor.map((title) => new RegExp(`(?<![\\p{L}\\p{N}])${[...squeeze(label)].join('[\\s-]?')}(?![\\p{L}\\p{N}])`, 'iu').exec(title)?.[0]).find((found) => found !== undefined && found !== found.toLowerCase())
  return brandOf(label)?.title ?? spelled ?? label.replaceAll(/(^|[-_])(\p{L})/gu, (_, gap: string, letter: string) => (gap === '' ? '' : ' ') + letter.toUpperCase())
}

/** The title, told apart from its vendor's others, and naming the vendor where it would say nothing otherwise. */
export function serviceName(facts: Facts, vendor: string, sameTitle: boolean): string {
  const known = titles[facts.file]
  if (known !== undefined) return known
  const enterprise = /^github\.com\/ghes-([\d.]+)\.json$/.exec(facts.file)?.[1]
  if (enterprise !== undefined) return `GitHub Enterprise Server ${enterprise} REST API`
  const title = facts.title.replaceAll('_', ' ').replace(/\s*[-–|:]*\s*(interactive )?swagger ui documentation$/i, '').replace(/^www\./, '')
  const named = bare(title) === '' ? `${vendor} ${title}`.trim() : title
  return (sameTitle && facts.service !== '' ? `${named} (${facts.service})` : named).slice(0, 90)
}
