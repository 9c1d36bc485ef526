/** What a call by a protocol is made with, by the standard's schema of its arguments. */
import { isMembers, memberOf, type Members } from '../graph/tasks.ts'
import type { UseNames } from '../graph/use.ts'
import { texts } from '../texts.ts'
import { field, type Field, type Variants } from './field.ts'

const { fields: labels, fieldHelp: help } = texts
const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const
const outputs = ['content', 'raw', 'response'] as const
const protocols = ['amqp', 'amqp1', 'anypointmq', 'googlepubsub', 'http', 'ibmmq', 'jms', 'kafka', 'mercure', 'mqtt', 'mqtt5', 'nats', 'pulsar', 'redis', 'sns', 'solace', 'sqs', 'stomp', 'ws'] as const
const mcpMethods = ['tools/list', 'tools/call', 'prompts/list', 'prompts/get', 'resources/list', 'resources/read', 'resources/templates/list'] as const
const a2aMethods = [
  'message/send', 'message/stream', 'tasks/get', 'tasks/list', 'tasks/cancel', 'tasks/resubscribe', 'tasks/pushNotificationConfig/set', 'tasks/pushNotificationConfig/get', 'tasks/pushNotificationConfig/list',
  'tasks/pushNotificationConfig/delete', 'agent/getAuthenticatedExtendedCard',
] as const

export function callFields({ call, with: given }: Members, { functions }: UseNames): Field[] {
  switch (call) {
    case 'http': return httpFields
    case 'openapi': return openApiFields
    case 'grpc': return grpcFields
    case 'asyncapi': return asyncApiFields(given)
    case 'mcp': return mcpFields(given)
    case 'a2a': return a2aFields(given)
    default: return [field('/call', labels.calls, 'text', { help: help.calls, suggestions: functions }), field('/with', labels.with, 'map')]
  }
}

const answerFields = [field('/with/output', labels.answer, { choices: outputs }, { help: help.answer, placeholder: 'content' }), field('/with/redirect', labels.redirect, 'switch')]

const httpFields: Field[] = [
  field('/with/method', labels.method, { choices: methods }, { required: true }), field('/with/endpoint', labels.endpoint, 'endpoint', { required: true, help: help.endpoint }),
  field('/with/headers', labels.headers, 'map'), field('/with/query', labels.query, 'map'), field('/with/body', labels.body, 'value'), ...answerFields,
]

const openApiFields: Field[] = [
  field('/with/document/endpoint', labels.document, 'endpoint', { required: true, help: help.openApiDocument }), field('/with/operationId', labels.operationId, 'text', { required: true, help: help.operationId }),
  field('/with/parameters', labels.parameters, 'map'), field('/with/authentication', labels.authentication, 'authentication'), ...answerFields,
]

const grpcFields: Field[] = [
  field('/with/proto/endpoint', labels.proto, 'endpoint', { required: true, help: help.proto }), field('/with/service/name', labels.service, 'text', { required: true, placeholder: 'shop.v1.Orders' }),
  field('/with/service/host', labels.host, 'text', { required: true, placeholder: 'grpc.example.com' }), field('/with/service/port', labels.port, 'integer', { placeholder: '443', help: help.port }),
  field('/with/method', labels.grpcMethod, 'text', { required: true, placeholder: 'GetOrder' }), field('/with/arguments', labels.arguments, 'map', { help: help.grpcArguments }),
  field('/with/service/authentication', labels.authentication, 'authentication'),
]

const directions: Variants = {
  message: { label: labels.publish, start: { payload: { value: '${ . }' } } }, subscription: { label: labels.subscribe, start: { consume: { amount: 1 } } },
}
const ends: Variants = {
  amount: { label: labels.amount, start: 1 }, while: { label: labels.while, start: '${ true }' }, until: { label: labels.until, start: '${ true }' },
}

function asyncApiFields(given: unknown): Field[] {
  const subscription = memberOf(given, 'subscription')
  return [
    field('/with/document/endpoint', labels.document, 'endpoint', { required: true, help: help.asyncApiDocument }), field('/with/operation', labels.operationId, 'text', { help: help.asyncOperation }), field('/with/channel', labels.channel, 'text', { help: help.channel }),
    field('/with', labels.direction, { variants: directions }, { required: true }),
    ...subscription === undefined ? [field('/with/message/payload', labels.payload, 'map'), field('/with/message/headers', labels.headers, 'map')] : subscriptionFields(subscription),
    field('/with/server/name', labels.server, 'text', { help: help.server }), field('/with/server/variables', labels.serverVariables, 'map'), field('/with/protocol', labels.protocol, { choices: protocols }),
    field('/with/authentication', labels.authentication, 'authentication'),
  ]
}

function subscriptionFields(subscription: unknown): Field[] {
  const base = '/with/subscription'
  const consume = memberOf(subscription, 'consume')
  const end = Object.keys(ends).find((name) => memberOf(consume, name) !== undefined) ?? 'amount'
  return [
    field(`${base}/filter`, labels.filter, 'line', { help: help.filter, moment: 'none', placeholder: '${ .payload.kind == "order" }' }), field(`${base}/consume`, labels.consume, { variants: ends }, { required: true }),
    end === 'amount' ? field(`${base}/consume/amount`, labels.amount, 'integer', { required: true }) : field(`${base}/consume/${end}`, ends[end]!.label, 'line', { required: true, moment: 'none' }),
    field(`${base}/consume/for`, labels.period, 'duration', { help: help.period }),
    ...isMembers(memberOf(subscription, 'foreach')) ? [field(`${base}/foreach/item`, labels.each, 'text', { placeholder: 'item' }), field(`${base}/foreach/at`, labels.at, 'text', { placeholder: 'index' })] : [],
  ]
}

const transports: Variants = {
  http: { label: labels.http, start: { endpoint: 'https://example.com/mcp' } }, stdio: { label: labels.stdio, start: { command: 'npx' } },
}

function mcpFields(given: unknown): Field[] {
  const transport = memberOf(given, 'transport')
  const reached = memberOf(transport, 'stdio') === undefined
    ? [field('/with/transport/http/endpoint', labels.endpoint, 'endpoint', { required: true, help: help.endpoint }), field('/with/transport/http/headers', labels.headers, 'map')]
    : [field('/with/transport/stdio/command', labels.command, 'text', { required: true, help: help.stdio }), field('/with/transport/stdio/arguments', labels.arguments, 'lines'), field('/with/transport/stdio/environment', labels.environment, 'map')]
  return [
    field('/with/transport', labels.transport, { variants: transports }, { required: true }), ...reached, field('/with/method', labels.method, { choices: mcpMethods }, { required: true }), ...mcpParameters(memberOf(given, 'method')),
    field('/with/timeout', labels.timeout, 'duration', { help: help.duration }), field('/with/protocolVersion', labels.protocolVersion, 'text', { placeholder: '2025-06-18' }),
    field('/with/client/name', labels.clientName, 'text', { placeholder: 'interchange' }), field('/with/client/version', labels.clientVersion, 'text'),
  ]
}

function mcpParameters(method: unknown): Field[] {
  const base = '/with/parameters'
  switch (method) {
    case 'tools/call': return [field(`${base}/name`, labels.tool, 'line', { required: true }), field(`${base}/arguments`, labels.arguments, 'map')]
    case 'prompts/get': return [field(`${base}/name`, labels.prompt, 'line', { required: true }), field(`${base}/arguments`, labels.arguments, 'map')]
    case 'resources/read': return [field(`${base}/uri`, labels.resource, 'line', { required: true })]
    default: return [field(base, labels.parameters, 'map')]
  }
}

const agents: Variants = {
  agentCard: { label: labels.agentCard, start: { endpoint: 'https://example.com/.well-known/agent-card.json' } }, server: { label: labels.agentServer, start: 'https://example.com/a2a' },
}

function a2aFields(given: unknown): Field[] {
  const isServer = memberOf(given, 'agentCard') === undefined && memberOf(given, 'server') !== undefined
  return [
    field('/with', labels.agent, { variants: agents }, { required: true }), field(isServer ? '/with/server' : '/with/agentCard/endpoint', isServer ? labels.agentServer : labels.agentCard, 'endpoint', { required: true, help: help.endpoint }),
    field('/with/method', labels.method, { choices: a2aMethods }, { required: true }), ...a2aParameters(memberOf(given, 'method')),
  ]
}

function a2aParameters(method: unknown): Field[] {
  const base = '/with/parameters'
  switch (method) {
    case 'message/send': case 'message/stream': return [field(`${base}/message/parts`, labels.messageParts, 'value', { required: true, help: help.messageParts }), field(`${base}/message/contextId`, labels.conversation, 'line'), field(`${base}/message/taskId`, labels.agentTask, 'line')]
    case 'tasks/get': case 'tasks/cancel': case 'tasks/resubscribe': return [field(`${base}/id`, labels.agentTask, 'line', { required: true })]
    default: return [field(base, labels.parameters, 'map')]
  }
}
