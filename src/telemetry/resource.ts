/** What the spans say of the process that they come from. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Attributes } from '@opentelemetry/api'
import type { NodeTracerConfig } from '@opentelemetry/sdk-trace-node'

type Resource = NonNullable<NodeTracerConfig['resource']>

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

/** `OTEL_RESOURCE_ATTRIBUTES` (`key=value,key=value`, percent-encoded) adds and overrides, and `OTEL_SERVICE_NAME` has the last word on the name. */
export function readResource({ OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: more }: Record<string, string | undefined>): Resource {
  const attributes: Attributes = {
    'service.name': 'interchange', 'service.version': version, 'host.name': hostname(), 'process.pid': process.pid,
    ...parsePairs(more ?? ''), ...name && { 'service.name': name },
  }
  // Nothing here is found out later or merged: what the exporter reads is enough.
  return { attributes, merge(other) { return other ?? this }, getRawAttributes: () => Object.entries(attributes) }
}

function parsePairs(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').flatMap((pair) => {
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
    return key === undefined || value === undefined ? [] : [[key, decode(value)]]
  }))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
