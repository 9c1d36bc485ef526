/** Requests that are nearly right, made from the route table's own schemas and a seed: the same seed makes the same requests. */

export interface Random { (): number, pick<Item>(from: readonly Item[]): Item }

/** mulberry32 (Tommy Ettinger, public domain). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return Object.assign(next, { pick: <Item>(from: readonly Item[]): Item => from[Math.floor(next() * from.length)]! })
}

/** What breaks programs. Addresses among it are loopback's, where nobody listens. */
export const nasty: readonly unknown[] = [
  null, true, false, 0, -1, 1.5, 1e21, -1e308, 9_007_199_254_740_993, '', ' ', 'a\0b', '\ud800', '\udc00x', '\u202e', '🦉'.repeat(50), 'x'.repeat(10_000), '../../etc/passwd',
  "'; drop table members; --", '${7*7}', '{{7*7}}', '%00', '\r\nx: y', '*', '[', '.', 'http://127.0.0.1:1/', 'http://user:password@127.0.0.1:1/', 'file:///etc/passwd', 'http://[::1', 'NaN',
  '00000000-0000-0000-0000-000000000000', '2026-02-30T00:00:00Z', '9999999999-01-01T00:00:00Z', [], {}, [[]], [null], { $blob: { id: 'x' } }, { $env: 'HOME' }, { length: 1e9 }, { toString: 1 }, { constructor: 1 },
  Array.from({ length: 1000 }, () => 0), JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`),
]

interface Schema { type?: string, properties?: Record<string, Schema>, items?: Schema, enum?: unknown[], const?: unknown, anyOf?: Schema[], oneOf?: Schema[], required?: string[], default?: unknown, format?: string, $ref?: string, $defs?: Record<string, Schema>, minimum?: number, additionalProperties?: unknown }

/** A value that mostly fits: every property by chance, and now and then something nasty. */
export function valueOf(schema: Schema, random: Random, root: Schema = schema, depth = 0): unknown {
  if (random() < 0.06 || depth > 8) return random.pick(nasty)
  if (schema.$ref !== undefined) return valueOf(root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? {}, random, root, depth + 1)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return random.pick(schema.enum)
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives !== undefined) return valueOf(random.pick(alternatives), random, root, depth + 1)
  switch (schema.type) {
    case 'object': {
      const known = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name) || random() < 0.3)
      const members = known.map(([name, each]): [string, unknown] => [name, valueOf(each, random, root, depth + 1)])
      return Object.fromEntries(random() < 0.05 ? [...members, ['surprise', random.pick(nasty)]] : members)
    }
    case 'array': return Array.from({ length: Math.floor(random() * 3) }, () => valueOf(schema.items ?? {}, random, root, depth + 1))
    case 'integer': return Math.floor(random() * 1000) + (schema.minimum ?? 0)
    case 'number': return random() * 1000
    case 'boolean': return random() < 0.5
    case 'string': return schema.format === 'uri' ? 'http://127.0.0.1:1/' : `text ${Math.floor(random() * 1000)}`
    case 'null': return null
    default: return random.pick(nasty)
  }
}

/** A copy with one place changed: replaced, removed, or with a member more. */
export function mutated(value: unknown, random: Random): unknown {
  const copy = structuredClone(value)
  const places: [holder: Record<string, unknown>, key: string][] = []
  const collect = (holder: unknown): void => {
    if (holder === null || typeof holder !== 'object') return
    for (const key of Object.keys(holder)) {
      places.push([holder as Record<string, unknown>, key])
      collect((holder as Record<string, unknown>)[key])
    }
  }
  collect(copy)
  if (places.length === 0) return random.pick(nasty)
  const [holder, key] = random.pick(places)
  const how = random()
  if (how < 0.7) holder[key] = random.pick(nasty)
  else if (how < 0.85) delete holder[key]
  else holder[`${key}2`] = holder[key]
  return copy
}
