/** What tests of documents say again and again. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createJq } from '../../lib/jq/jq.ts'
import type { Surroundings } from './calls.ts'
import type { Finding } from './finding.ts'
import type { SourceFormat } from './source.ts'
import { validate, type Validation } from './validate.ts'

export interface Checker {
  validate(text: string, format?: SourceFormat): Promise<Validation>
  /** Of a document that holds only this besides its heading, each as `severity code pointer detail`. */
  findings(rest: string): Promise<string[]>
  /** The same, where § stands before each place that a finding names. */
  expectFindings(marked: string, expected: unknown): Promise<void>
  close(): Promise<void>
}

export const heading = 'document: { dsl: 1.0.3, namespace: default, name: tested, version: 1.0.0 }\n'

const bookshop = {
  operation: async (id: string) => (id === 'getBook' ? { input: { type: 'object', properties: { id: { type: 'integer' }, lang: { enum: ['en', 'de'] } }, required: ['id'], additionalProperties: false } } : undefined),
  operationIds: async () => ['getBook'],
}

export function createChecker(around: Partial<Surroundings> = {}): Checker {
  const jq = createJq()
  const surroundings: Surroundings = {
    integration: async (name) => (name === 'Bookshop' ? bookshop : name === 'Twin' ? 'ambiguous' : undefined), integrationNames: async () => ['Bookshop'],
    hasCredential: async (id) => id === 'known', hasSource: async (name) => name === 'shop', hasFlow: async (_namespace, name) => name === 'known', allows: { shell: false, container: false, python: false }, ...around,
  }
  const check: Checker['validate'] = (text, format = 'yaml') => validate(text, format, { jq, batchKey: 'tenant', surroundings })
  return {
    validate: check,
    findings: async (rest) => (await check(heading + rest)).findings.map(shown),
    async expectFindings(marked, expected) {
      const { findings } = await check(heading + marked.replaceAll('§', ''))
      expect(findings.map(shown)).toEqual(expected)
      expect([...new Set(findings.map(({ line, column }) => `${line}:${column}`))]).toEqual(placesOf(heading + marked))
    },
    close: () => jq.close(),
  }
}

function shown({ severity, code, pointer, detail }: Finding): string {
  return `${severity} ${code} ${pointer} ${detail}`
}

function placesOf(marked: string): string[] {
  return marked.split('\n').flatMap((line, index) => line.split('§').slice(0, -1).map((_part, at, parts) => `${index + 1}:${parts.slice(0, at + 1).join('').length + 1}`))
}

/** Documents of the specification's repository, where it is at hand: its examples, and the definitions within its conformance kit. */
export function specificationDocuments(): { name: string, text: string }[] {
  const folder = process.env['SERVERLESS_WORKFLOW_SPECIFICATION'] ?? 'specification'
  const read = (below: string, ending: string): { name: string, text: string }[] => {
    try {
      return readdirSync(join(folder, below)).filter((name) => name.endsWith(ending)).map((name) => ({ name, text: readFileSync(join(folder, below, name), 'utf8') }))
    } catch {
      return []
    }
  }
  const scenarios = read('ctk/features', '.feature').flatMap(({ name, text }) => [...text.matchAll(/definition:\s+"""yaml\n([\s\S]*?)"""/g)].map(([, definition], index) => ({ name: `${name} ${index + 1}`, text: definition! })))
  return [...read('examples', '.yaml'), ...scenarios]
}
