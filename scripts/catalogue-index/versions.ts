/** Services of one vendor under one title whose names differ in a version only: the newest stands for all. */
import type { Facts } from './facts.ts'

/** Newest first. Each service is in exactly one family. */
export function families(facts: Facts[]): Facts[][] {
  const found = new Map<string, Facts[]>()
  for (const each of facts) {
    const key = `${each.vendor}\n${each.title.toLowerCase()}\n${familyName(each.service)}`
    const family = found.get(key)
    if (family === undefined) found.set(key, [each])
    else family.push(each)
  }
  return [...found.values()].map((family) => family.sort((one, other) => compare(other, one)))
}

function familyName(service: string): string {
  return service.toLowerCase().replace(/[-_. (]*v?\d+(\.\d+)*\)?$/, '')
}

function compare(one: Facts, other: Facts): number {
  return compareNumbers(one.version, other.version) || compareNumbers(one.service, other.service)
}

function compareNumbers(one: string, other: string): number {
  const [left, right] = [numbers(one), numbers(other)]
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function numbers(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}
