/** Finds brands' icons among those of simple-icons that may be shipped without a licence of their own. */
import { readFileSync } from 'node:fs'

interface Icon { title: string, slug: string, hex: string, license?: unknown, aliases?: { aka?: string[] } }

const icons = JSON.parse(readFileSync(new URL(import.meta.resolve('simple-icons/icons.json')), 'utf8')) as Icon[]

const byName = new Map<string, Icon>()
for (const icon of icons) {
  for (const name of [icon.slug, icon.title, ...icon.aliases?.aka ?? []]) if (!byName.has(squeeze(name))) byName.set(squeeze(name), icon)
}

/** Slugs of icons that state a licence of their own: never shown. */
export const licensedSlugs = icons.filter(({ license }) => license !== undefined).map(({ slug }) => slug).sort()

/** Where names coincide, or the brand is called otherwise. Null: no icon. */
const vendorIcons: Record<string, string | null> = {
  'brex.io': null, 'files.com': null, 'flat.io': null, 'polygon.io': null, 'rubrikinc.github.io': null, 'rumble.run': null, 'sonar.trading': null,
  'googleapis.com': 'google', 'hubapi.com': 'hubspot', 'zeit.co': 'vercel', 'nexmo.com': 'vonage', 'bbci.co.uk': 'bbc', 'bbc.com': 'bbc', 'bbc.co.uk': 'bbc',
  'squareup.com': 'square', 'getpostman.com': 'postman', 'bufferapp.com': 'buffer', 'wikimedia.org': 'wikimediafoundation', 'nytimes.com': 'newyorktimes', 'walletobjects.googleapis.com': 'google',
  'archive.org': 'internetarchive', 'dev.to': 'devdotto', 'haloapi.com': null,
}
const serviceIcons: Record<string, string | null> = {
  'github.com/': null,
  'atlassian.com/jira': 'jira', 'docker.com/hub': 'docker', 'apache.org/airflow': 'apacheairflow',
}

export function brandOf(name: string): Icon | undefined {
  return byName.get(squeeze(name))
}

export interface Found { slug: string, hex: string }

/** `label` is the telling part of the vendor's domain; `title` the service's name without generic words. */
export function findIcon({ vendor, service, label, title }: { vendor: string, service: string, label: string, title: string }): Found | undefined {
  const chosen = serviceIcons[`${vendor}/${service}`]
  if (chosen !== undefined) return chosen === null ? undefined : usable(byName.get(chosen))
  return (vendor === 'googleapis.com' ? googleIcon(service, title) : undefined) ?? vendorIcon(vendor, label)
}

function vendorIcon(vendor: string, label: string): Found | undefined {
  const chosen = vendorIcons[vendor]
  if (chosen === null) return undefined
  return usable(byName.get(chosen ?? squeeze(label)))
}

/** Google's products have icons of their own. */
function googleIcon(service: string, title: string): Found | undefined {
  for (const name of [title, service].map(squeeze)) {
    const icon = byName.get(name.startsWith('google') ? name : `google${name}`) ?? (/^(gmail|youtube|firebase)/.test(name) ? byName.get(/^(gmail|youtube|firebase)/.exec(name)![0]) : undefined)
    if (icon !== undefined) return usable(icon)
  }
  return undefined
}

function usable(icon: Icon | undefined): Found | undefined {
  return icon === undefined || icon.license !== undefined ? undefined : { slug: icon.slug, hex: icon.hex }
}

export function squeeze(name: string): string {
  return name.normalize('NFKD').toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
