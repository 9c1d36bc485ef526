import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { createCatalogue } from './catalogue.ts'
import type { IndexFile } from './index-file.ts'
import { createLogos } from './logos.ts'

const icons = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('simple-icons/icons.json'), 'utf8')) as { title: string, slug: string, license?: unknown }[]
const index = JSON.parse(readFileSync(new URL('./index.json', import.meta.url), 'utf8')) as IndexFile
const logos = createLogos()

describe('a brand whose icon is free', () => {
  test('is shown with its icon and its colour', async () => {
    const logo = await logos.logoFor({ slug: 'stripe', name: 'Stripe API' })
    expect(logo).toMatch(/^<svg fill="#635BFF"/)
    expect(logo).toContain('<title>Stripe</title>')
  })

  test('is found by its name or domain when asked to guess, and only then', async () => {
    for (const name of ['DigitalOcean', 'DigitalOcean API', 'digitalocean.com']) {
      expect(await logos.logoFor({ name, guess: true })).toContain('<title>DigitalOcean</title>')
    }
    expect(await logos.logoFor({ name: 'DigitalOcean' })).toContain('<text')
  })
})

describe('an icon with a licence of its own', () => {
  const licensed = icons.filter(({ license }) => license !== undefined)

  test('is in the list of those never shown, which is that of the installed simple-icons', () => {
    expect(licensed.length).toBeGreaterThan(200)
    expect(index.licensedIcons).toEqual(licensed.map(({ slug }) => slug).sort())
  })

  test('gives way to a monogram, by slug and by name', async () => {
    for (const { slug, title } of licensed) {
      expect(await logos.logoFor({ slug, name: title }), slug).toContain('<text')
      expect(await logos.logoFor({ name: slug, guess: true }), slug).toContain('<text')
    }
  })
})

describe('the catalogue', () => {
  test('names only icons that exist and are free', () => {
    const free = new Set(icons.filter(({ license }) => license === undefined).map(({ slug }) => slug))
    const used = index.services.map((row) => row[10]).filter((slug) => slug !== 0)
    expect(used.length).toBeGreaterThan(300)
    expect(used.filter((slug) => !free.has(slug))).toEqual([])
    expect(used.filter((slug) => !(slug in index.icons))).toEqual([])
  })

  test('has a picture for every service', async () => {
    const { data } = await createCatalogue().search({ limit: 500 })
    for (const { logo, name } of data) expect(await logos.logoFor({ slug: logo, name })).toMatch(/^<svg [\s\S]*<title>[\s\S]*<\/svg>\s*$/)
  })
})

describe('a monogram', () => {
  test('has the letters of the first words', async () => {
    const letters = async (name: string): Promise<string | undefined> => />([^<]*)<\/text>/.exec(await logos.logoFor({ name }))?.[1]
    expect(await letters('Amazon Simple Storage')).toBe('AS')
    expect(await letters('PayPal')).toBe('PP')
    expect(await letters('slack')).toBe('S')
    expect(await letters('1Password')).toBe('1')
    expect(await letters('東京 API')).toBe('東A')
    expect(await letters('!?')).toBe('?')
    expect(await letters('')).toBe('?')
  })

  test('is the same for the same name, and of another colour for most others', async () => {
    const colour = async (name: string): Promise<string> => /fill="(hsl[^"]*)"/.exec(await logos.logoFor({ name }))![1]!
    expect(await colour('Slack')).toBe(await colour('Slack'))
    const colours = new Set(await Promise.all(index.services.slice(0, 200).map((row) => colour(row[1]))))
    expect(colours.size).toBeGreaterThan(100)
  })

  test('lets no name become markup', async () => {
    const logo = await logos.logoFor({ name: '"><script>alert(1)</script>&\u0000\uD800\'' })
    expect(logo).not.toContain('<script')
    expect(logo).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;')
    expect(logo).not.toMatch(/[\p{Cc}\uD800]/u)
  })

  test('has white letters that stand out at every colour', () => {
    for (let hue = 0; hue < 360; hue += 1) expect(contrastWithWhite(hue, 0.55, 0.3), `hue ${hue}`).toBeGreaterThan(4.5)
  })
})

test.each(['../../package.json', 'stripe.svg', 'STRIPE/..', '', 'no-such-icon', 'constructor', '__proto__'])('the slug %j reads no file', async (slug) => {
  expect(await logos.logoFor({ slug, name: 'Some Name' })).toContain('>SN</text>')
})

/** WCAG 2.2 contrast of an hsl() colour with white. */
function contrastWithWhite(hue: number, saturation: number, lightness: number): number {
  const spread = saturation * Math.min(lightness, 1 - lightness)
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12
    const value = lightness - spread * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 1.05 / (0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4) + 0.05)
}
