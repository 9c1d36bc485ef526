/** What a new task begins as. Each is valid as it stands, or says by itself what is missing. */
import type { TaskKind } from '../graph/tasks.ts'
import { texts } from '../texts.ts'

export interface Blueprint {
  id: keyof typeof texts.blueprints
  kind: TaskKind
  /** The name that it is given, with a number where it is taken. */
  name: string
  definition: Record<string, unknown>
}

const runtimeError = 'https://serverlessworkflow.io/spec/1.0.0/errors/runtime'
const inner = (name: string): object => ({ [name]: { set: { done: true } } })

export const blueprints: Blueprint[] = [
  { id: 'set', kind: 'set', name: 'prepare', definition: { set: { value: '${ . }' } } },
  { id: 'http', kind: 'call', name: 'request', definition: { call: 'http', with: { method: 'get', endpoint: 'https://example.com' } } },
  // oxlint-disable-next-line unicorn/no-thenable -- the standard's word
  { id: 'switch', kind: 'switch', name: 'decide', definition: { switch: [{ matches: { when: '. != null', then: 'continue' } }, { otherwise: { then: 'end' } }] } },
  { id: 'for', kind: 'for', name: 'each', definition: { for: { each: 'item', in: '.items' }, do: [inner('handle')] } },
  { id: 'do', kind: 'do', name: 'steps', definition: { do: [inner('first')] } },
  { id: 'fork', kind: 'fork', name: 'beside', definition: { fork: { branches: [inner('one'), inner('other')] } } },
  { id: 'try', kind: 'try', name: 'attempt', definition: { try: [inner('risky')], catch: { as: 'error', do: [{ handle: { set: { failed: '${ $error.title }' } } }] } } },
  { id: 'wait', kind: 'wait', name: 'pause', definition: { wait: { seconds: 10 } } },
  { id: 'listen', kind: 'listen', name: 'await', definition: { listen: { to: { one: { with: { type: 'order.paid' } } } } } },
  { id: 'emit', kind: 'emit', name: 'tell', definition: { emit: { event: { with: { source: 'https://example.com/flows', type: 'flow.told', data: '${ . }' } } } } },
  { id: 'raise', kind: 'raise', name: 'fail', definition: { raise: { error: { type: runtimeError, status: 500, title: 'It cannot go on' } } } },
  { id: 'script', kind: 'run', name: 'compute', definition: { run: { script: { language: 'javascript', code: 'return { done: true }' } } } },
  { id: 'workflow', kind: 'run', name: 'other', definition: { run: { workflow: { namespace: 'default', name: 'another-flow', version: 'latest', input: {} } } } },
  { id: 'shell', kind: 'run', name: 'command', definition: { run: { shell: { command: 'echo done' } } } },
  { id: 'openapi', kind: 'call', name: 'operation', definition: { call: 'openapi', with: { document: { endpoint: 'https://example.com/openapi.json' }, operationId: 'getThing', parameters: {} } } },
  { id: 'grpc', kind: 'call', name: 'method', definition: { call: 'grpc', with: { proto: { endpoint: 'reflection://server' }, service: { name: 'shop.v1.Orders', host: 'grpc.example.com', port: 443 }, method: 'GetOrder', arguments: {} } } },
  { id: 'asyncapi', kind: 'call', name: 'message', definition: { call: 'asyncapi', with: { document: { endpoint: 'https://example.com/asyncapi.json' }, operation: 'sendOrder', message: { payload: { value: '${ . }' } } } } },
  { id: 'mcp', kind: 'call', name: 'tool', definition: { call: 'mcp', with: { method: 'tools/call', parameters: { name: 'a-tool', arguments: {} }, transport: { http: { endpoint: 'https://example.com/mcp' } } } } },
  { id: 'a2a', kind: 'call', name: 'ask', definition: { call: 'a2a', with: { agentCard: { endpoint: 'https://example.com/.well-known/agent-card.json' }, method: 'message/send', parameters: { message: { parts: [{ kind: 'text', text: '${ .question }' }] } } } } },
  { id: 'container', kind: 'run', name: 'container', definition: { run: { container: { image: 'alpine', command: 'echo done' } } } },
]

export interface NewTask { name: string, definition: Record<string, unknown> }

/** A call of an operation, with an input to begin with. */
export function callOf(integration: string, { id, example }: { id: string, example: unknown }): NewTask {
  const name = id.replaceAll(/[^\w-]+/g, '-').replaceAll(/^-+|-+$/g, '').split(/[.-]/).at(-1) || 'call'
  const isFilled = typeof example === 'object' && example !== null && Object.keys(example).length > 0
  return { name, definition: { call: `${integration}/${id}`, ...isFilled && { with: example } } }
}
