/** A document stored as a flow of a tenant, and one run of it to its end. */
import type { TestHub } from '../hub.ts'
import { expectStatus } from '../service.ts'

export interface ConformanceRun {
  id: string
  status: string
  output: unknown
  error?: Record<string, unknown>
  tasks: { reference: string, name: string, status: string }[]
}

export interface FlowToRun { key: string, text: string, input?: unknown }

export async function storeFlow({ call }: TestHub, { key, text }: Omit<FlowToRun, 'input'>): Promise<string> {
  const { body } = expectStatus(201, await call('POST', '/api/v1/flows', text, { key, headers: { 'content-type': 'application/yaml' } }))
  const { namespace, name } = body as { namespace: string, name: string }
  return namespace === 'default' ? name : encodeURIComponent(`${namespace}/${name}`)
}

export async function startRun({ call }: TestHub, { key, flow, input }: { key: string, flow: string, input?: unknown }): Promise<string> {
  const { body } = expectStatus(202, await call('POST', `/api/v1/flows/${flow}/runs`, { ...input !== undefined && { input } }, { key }))
  return (body as { id: string }).id
}

export async function findRun({ call }: TestHub, { key, id }: { key: string, id: string }): Promise<ConformanceRun> {
  return expectStatus(200, await call<ConformanceRun>('GET', `/api/v1/runs/${id}`, undefined, { key })).body
}

/** Whatever the end is. */
export async function runFlow(hub: TestHub, { key, text, input }: FlowToRun): Promise<ConformanceRun> {
  const flow = await storeFlow(hub, { key, text })
  const { body } = expectStatus(200, await hub.call('POST', `/api/v1/flows/${flow}/runs?wait=30s`, { ...input !== undefined && { input } }, { key }))
  return findRun(hub, { key, id: (body as { id: string }).id })
}
