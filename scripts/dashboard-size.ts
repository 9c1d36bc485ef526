/** Holds what the dashboard loads: prints the sizes of the build, and fails where they are over their bounds. `bin/dashboard.mjs` builds. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FIRST_LOAD_KB = 220
const LAZY_ROUTE_KB = 160

interface Chunk { file: string, imports?: string[], dynamicImports?: string[], isEntry?: boolean, css?: string[] }

const folder = fileURLToPath(new URL('../web/dist/', import.meta.url))
if (!existsSync(`${folder}.vite/manifest.json`)) {
  console.error('The dashboard is not built: `npm start` builds it.')
  process.exit(1)
}
const manifest = JSON.parse(readFileSync(`${folder}.vite/manifest.json`, 'utf8')) as Record<string, Chunk>

/** A chunk with all that it needs before it runs. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  for (const each of manifest[name]!.imports ?? []) withImports(each, found)
  return found
}

/** KB over the wire: as the hub sends it to whoever takes Brotli, and with gzip. */
function sizeOf(names: Iterable<string>): { br: number, gz: number } {
  const files = [...names].map((name) => manifest[name]!.file).filter((file) => file.endsWith('.js'))
  const sum = (ending: string): number => files.reduce((total, file) => total + statSync(`${folder}${file}${ending}`).size, 0) / 1000
  return { br: sum('.br'), gz: sum('.gz') }
}

const [entry] = Object.entries(manifest).find(([, { isEntry }]) => isEntry)!
const first = withImports(entry)
const lazy = Object.keys(manifest).filter((name) => !first.has(name) && manifest[name]!.file.endsWith('.js'))
  .map((name) => ({ name, ...sizeOf([...withImports(name)].filter((each) => !first.has(each))) })).sort((a, b) => b.gz - a.gz)
const load = sizeOf(first)
const say = ({ br, gz }: { br: number, gz: number }): string => `${br.toFixed(1)} KB Brotli, ${gz.toFixed(1)} KB gzip`
console.log(`first load: ${say(load)} (≤ ${FIRST_LOAD_KB})`)
for (const chunk of lazy.slice(0, 5)) console.log(`lazy, with what it needs: ${chunk.name}: ${say(chunk)} (≤ ${LAZY_ROUTE_KB})`)
if (load.gz > FIRST_LOAD_KB || lazy.some(({ gz }) => gz > LAZY_ROUTE_KB)) process.exitCode = 1
