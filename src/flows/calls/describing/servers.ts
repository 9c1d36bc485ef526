/** Calls that a server describes itself: gRPC, by reflection or by a .proto file, and MCP. */
import { z } from 'zod'
import type { Grpc } from '../../../catalog/grpc/client.ts'
import type { Mcp } from '../../../catalog/mcp/client.ts'
import { HubError } from '../../../errors.ts'
import { isMembers } from '../../../lib/json/check.ts'
import type { EffectContext } from '../../effect.ts'
import { grpcArguments, isReflection, loadProto, TLS_PORTS } from '../grpc.ts'
import { httpServerOf, mcpArguments } from '../mcp.ts'
import type { CallDeps } from '../deps.ts'
import type { Resources } from '../resources.ts'
import { summaryOf, type Described, type Offered } from './described.ts'

export const DESCRIBING_MS = 15_000

export const grpcTarget = grpcArguments.pick({ proto: true, service: true }).extend({ service: grpcArguments.shape.service.extend({ name: z.string().default('') }), method: z.string().optional() })

export async function describeGrpc({ grpc, resources }: { grpc: Grpc, resources: Resources }, { proto: given, service: { name: service, host, port = 443 }, method }: z.output<typeof grpcTarget>, context: EffectContext): Promise<Described> {
  const proto = isReflection(given) ? undefined : await loadProto(resources, given, context)
  const services = await grpc.listServices({ host, port, tls: TLS_PORTS.has(port), service, ...proto !== undefined && { proto }, timeoutMs: DESCRIBING_MS, signal: context.signal })
  const methods = services.find(({ name }) => name === service)?.methods ?? []
  return {
    offers: [...services.map(({ name }): Offered => ({ kind: 'service', name, summary: '' })), ...methods.map(({ name }): Offered => ({ kind: 'method', name, summary: '' }))],
    input: methods.find(({ name }) => name === method)?.input,
  }
}

/** Programs on the hub are not started to be asked: that is for runs, which have rights of their own. */
export const mcpTarget = mcpArguments.pick({ protocolVersion: true, client: true }).extend({
  method: z.string().optional(), parameters: z.object({ name: z.string().optional() }).default({}),
  transport: z.object({ http: mcpArguments.shape.transport.shape.http.unwrap() }),
})

const lists = {
  'tools/call': ['tools/list', 'tools'], 'prompts/get': ['prompts/list', 'prompts'], 'resources/read': ['resources/list', 'resources'],
} as const
const MOST_PAGES = 5

export async function describeMcp({ mcp, authentication }: { mcp: Mcp, authentication: CallDeps['authentication'] }, { method = 'tools/call', parameters, transport, client, protocolVersion }: z.output<typeof mcpTarget>, context: EffectContext): Promise<Described> {
  if (!Object.hasOwn(lists, method)) return { offers: [], input: undefined }
  const [ask, member] = lists[method as keyof typeof lists]
  const server = await httpServerOf(authentication, transport.http, context)
  const found: Record<string, unknown>[] = []
  let cursor: unknown
  for (let page = 0; page < MOST_PAGES && (page === 0 || typeof cursor === 'string'); page += 1) {
    const reply = await mcp.request({ server, client, protocolVersion, method: ask, params: typeof cursor === 'string' ? { cursor } : {}, timeoutMs: DESCRIBING_MS, signal: context.signal })
    const listed = isMembers(reply) ? reply[member] : undefined
    if (!Array.isArray(listed)) throw new HubError('upstream_invalid_response', `${new URL(server.http!.url).host} answered ${ask} without ${member}.`)
    found.push(...listed.filter(isMembers))
    cursor = (reply as Record<string, unknown>)['nextCursor']
  }
  const nameOf = (each: Record<string, unknown>): string => String((method === 'resources/read' ? each['uri'] : each['name']) ?? '')
  const chosen = found.find((each) => nameOf(each) === parameters.name)
  return {
    offers: found.map((each) => ({ kind: member.slice(0, -1) as Offered['kind'], name: nameOf(each), summary: summaryOf(each['title'], each['description'], each['name']) })),
    input: chosen === undefined ? undefined : inputOf(chosen),
  }
}

/** A tool's own schema; of a prompt, its arguments, which are texts. */
function inputOf({ inputSchema, arguments: given }: Record<string, unknown>): Record<string, unknown> | undefined {
  if (isMembers(inputSchema)) return inputSchema
  if (!Array.isArray(given)) return undefined
  const named = given.filter((each): each is { name: string, description?: string, required?: boolean } => isMembers(each) && typeof each['name'] === 'string')
  return { type: 'object', properties: Object.fromEntries(named.map(({ name, description }) => [name, { type: 'string', ...typeof description === 'string' && { description } }])), required: named.filter(({ required }) => required === true).map(({ name }) => name) }
}
