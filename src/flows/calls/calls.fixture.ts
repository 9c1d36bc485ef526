/** Calls as the engine makes them, without an engine: real HTTP, real jq, and a context that remembers what it was told. */
import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createAddressGuard } from '../../lib/http/address-guard.ts'
import { createHttpClient } from '../../lib/http/client.ts'
import { createJq } from '../../lib/jq/jq.ts'
import { systemCaller } from '../../tenants/caller.ts'
import type { FlowDefinition } from '../definition.ts'
import type { EffectContext, EffectKind } from '../effect.ts'
import { toFault, type FlowFault } from '../fault.ts'
import type { Allowances } from './deps.ts'
import type { FunctionDeps } from './function.ts'
import { createCalls, type Calls } from './index.ts'

export interface CallsFixture extends AsyncDisposable {
  calls: Calls
  /** Arguments with everything evaluated, as an effect gets them. */
  run(kind: EffectKind, args: unknown, context?: Partial<ContextOptions>): Promise<unknown>
  /** The fault that a call ends with. */
  faultOf(kind: EffectKind, args: unknown, context?: Partial<ContextOptions>): Promise<FlowFault>
  context(options?: Partial<ContextOptions>): EffectContext
  /** What was to be concealed. */
  concealed: string[]
  /** Executions that were noted. */
  noted: string[]
}

export interface ContextOptions extends Pick<EffectContext, 'input' | 'signal' | 'each' | 'tenantId' | 'idempotencyKey' | 'caller'> {
  definition: { use?: FlowDefinition['use'], document?: Partial<FlowDefinition['document']> }
  secrets: Record<string, unknown>
}

export interface FixtureOptions {
  allow?: Partial<Allowances>
  allowNetworks?: string[]
  ca?: string
  functions?: FunctionDeps
}

export function openCalls({ allow = {}, allowNetworks = ['127.0.0.0/8'], ca, functions }: FixtureOptions = {}): CallsFixture {
  const guard = createAddressGuard({ allowNetworks })
  const http = createHttpClient({ guard, ...ca !== undefined && { ca: [ca] } })
  const jq = createJq()
  const [concealed, noted, blobs]: [string[], string[], Map<string, Buffer>] = [[], [], new Map()]
  const noFunctions: FunctionDeps = { execute: { run: () => Promise.reject(new Error('no operations here')) }, integrations: { forCall: () => Promise.reject(new Error('no integrations here')) }, now: () => Date.now() }
  const calls = createCalls({
    http, guard, ...functions ?? noFunctions, ...ca !== undefined && { ca },
    allow: { shell: false, containerCommand: undefined, pythonCommand: undefined, stdioCommands: [], ...allow },
    blobs: {
      async write(_tenantId, source, { contentType }) {
        const [id, bytes] = [randomUUID(), Buffer.isBuffer(source) ? source : await buffer(source)]
        blobs.set(id, bytes)
        return { $blob: { id, contentType, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } }
      },
      read(_tenantId, id) {
        const bytes = blobs.get(id)!
        return Promise.resolve({ reference: { $blob: { id, contentType: 'application/octet-stream', sizeBytes: bytes.length, sha256: '' } }, stream: Readable.from([bytes]) })
      },
    },
  })
  const context = ({ input = {}, definition = {}, signal = new AbortController().signal, secrets = {}, each, tenantId = 'tenant', idempotencyKey = 'key-of-the-task', caller = systemCaller(tenantId) }: Partial<ContextOptions> = {}): EffectContext => {
    const evaluate = async (program: string, value: unknown): Promise<unknown> => (await jq.evaluate(program.replace(/^\s*\$\{(.*)\}\s*$/s, '$1'), value, { batchKey: tenantId }))[0] ?? null
    const within = async (template: unknown, value: unknown): Promise<unknown> => {
      if (typeof template === 'string') return /^\s*\$\{.*\}\s*$/s.test(template) ? evaluate(template, value) : template
      if (Array.isArray(template)) return Promise.all(template.map((each) => within(each, value)))
      if (typeof template !== 'object' || template === null) return template
      return Object.fromEntries(await Promise.all(Object.entries(template).map(async ([name, each]) => [name, await within(each, value)])))
    }
    return {
      tenantId, caller, runId: randomUUID(), depth: 0, definition: { do: [], document: { dsl: '1.0.3', namespace: 'test', name: 'flow', version: '1.0.0' }, ...definition } as FlowDefinition, input, idempotencyKey, signal, authentication: undefined, each,
      evaluate: (expression, value) => evaluate(expression, value), evaluateWithin: within,
      secret: (name) => (Object.hasOwn(secrets, name) ? Promise.resolve(secrets[name]) : Promise.reject(new Error(`no secret ${name}`))),
      perform: (task, given) => Promise.resolve({ performed: task, with: given }),
      conceal: (value) => { concealed.push(value) }, note: ({ executionId }) => { noted.push(executionId) },
    }
  }
  const run = (kind: EffectKind, args: unknown, options?: Partial<ContextOptions>): Promise<unknown> => calls.kinds[kind]!(args as never, context(options))
  return {
    calls, run, context, concealed, noted,
    async faultOf(kind, args, options) {
      const result = await run(kind, args, options).then((output) => ({ output }), (error: unknown) => ({ error }))
      if ('output' in result) throw new Error(`It did not fail: ${JSON.stringify(result.output)}`)
      return toFault(result.error)
    },
    async [Symbol.asyncDispose]() {
      await calls.close()
      await http.close()
      await jq.close()
    },
  }
}
