/** Logos as SVG text: a brand's icon where it may be shown freely, else a monogram. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { LRUCache } from 'lru-cache'
import type { IndexFile } from './index-file.ts'
import { monogram } from './monogram.ts'

export interface LogoQuery {
  /** A slug of simple-icons, such as a catalogue entry's `logo`. */
  slug?: string | null | undefined
  /** Shown as the picture's title; its letters make the monogram. */
  name: string
  /** Look for a brand of that very name where no slug is given. */
  guess?: boolean
}

export interface Logos {
  /** Always an answer: a standalone `<svg>` with a title, without scripts, links or styles. */
  logoFor(query: LogoQuery): Promise<string>
}

type Known = Pick<IndexFile, 'icons' | 'licensedIcons'>

/** Icons are read one by one, when they are asked for. `own` are the hub's own connectors' logos, by their names. */
export function createLogos(own: Record<string, () => string | undefined> = {}): Logos {
  const read = new LRUCache<string, string>({ max: 200 })
  let known: Promise<{ colours: Record<string, string>, licensed: Set<string> }> | undefined

  const icon = async (slug: string): Promise<string | undefined> => {
    const { colours, licensed } = await (known ??= loadKnown())
    if (!/^[a-z0-9]+$/.test(slug) || licensed.has(slug)) return undefined
    const cached = read.get(slug)
    if (cached !== undefined) return cached
    const source = await readIcon(slug)
    if (source === undefined) return undefined
    const colour = Object.hasOwn(colours, slug) ? ` fill="#${colours[slug]}"` : ''
    const logo = source.replace('<svg ', `<svg${colour} `)
    read.set(slug, logo)
    return logo
  }

  return {
    async logoFor({ slug, name, guess = false }) {
      const drawn = Object.hasOwn(own, name) ? own[name]!() : undefined
      if (drawn !== undefined) return drawn
      const wanted = slug ?? (guess ? slugOf(name) : undefined)
      return (wanted === undefined ? undefined : await icon(wanted)) ?? monogram(name)
    },
  }
}

async function loadKnown(): Promise<{ colours: Record<string, string>, licensed: Set<string> }> {
  const { icons, licensedIcons } = JSON.parse(await readFile(new URL('./index.json', import.meta.url), 'utf8')) as Known
  return { colours: icons, licensed: new Set(licensedIcons) }
}

const { resolve } = createRequire(import.meta.url)

async function readIcon(slug: string): Promise<string | undefined> {
  try {
    return await readFile(resolve(`simple-icons/icons/${slug}.svg`), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** `DigitalOcean API` and `digitalocean.com` → `digitalocean`. */
function slugOf(name: string): string {
  const bare = name.replace(/\.[a-z]{2,}$/i, '').replace(/\s+(rest\s+|web\s+)?apis?$/i, '')
  return bare.normalize('NFKD').toLowerCase().replaceAll('+', 'plus').replaceAll('&', 'and').replaceAll(/[^a-z0-9]/g, '')
}
