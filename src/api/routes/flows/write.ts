import { z } from 'zod'
import { describedCalls } from '../../../flows/calls/describing/describing.ts'
import { Answer, defineRoute, type Route } from '../../route.ts'
import { finding, flowDocument, flowParam, flowSummary, missingAllowed, MOST_BODY_BYTES, readSourceBody, statusOf, storedFlow, tag, toSummary, versionParam } from './shapes.ts'

const yes = z.stringbool().default(false)
const allowMissing = yes.describe(missingAllowed)
const json = { 'content-type': 'application/json; charset=utf-8' }

export const createFlow = defineRoute({
  method: 'POST', path: '/api/v1/flows', scope: 'flows:write', tag, creates: true, status: 201,
  summary: 'Store a version of a flow: a Serverless Workflow document, YAML or JSON. It is published at once.',
  description: 'What names integrations and credentials that are not there yet is stored with warnings, unless `allowMissing` is false; its runs fault where they come to them. A version that is published never changes: the same content again is answered 200, another one 409. With the `etag` of a flow as `If-Match`, 412 where somebody changed it meanwhile.',
  bodyKind: 'bytes', maxBodyBytes: MOST_BODY_BYTES, body: flowDocument, reply: storedFlow,
  query: z.strictObject({
    draft: yes.describe('Keep it as a draft, which may be replaced and is not run by others.'),
    allowMissing: z.stringbool().default(true).describe(missingAllowed),
  }),
  async handle({ flows }, { caller, body, query, request }) {
    const stored = await flows.create(caller, readSourceBody(body, request.headers), { ...query, ifMatch: request.ifMatch })
    return new Answer({ status: statusOf(stored), headers: json, body: JSON.stringify(stored) })
  },
})

export const validateFlow = defineRoute({
  method: 'POST', path: '/api/v1/flows/validate', scope: 'flows:write', tag,
  summary: 'Check a document without storing it.',
  description: 'Answers 200 whatever is found, each finding with its line and column. What it names is looked up in the tenant alone.',
  query: z.strictObject({ allowMissing }),
  bodyKind: 'bytes', maxBodyBytes: MOST_BODY_BYTES, body: flowDocument,
  reply: z.object({
    valid: z.boolean().describe('There is no error; warnings may be.'), namespace: z.string().nullable(), name: z.string().nullable(), version: z.string().nullable(),
    findings: z.array(finding).describe('By their places in the text.'),
  }).meta({ id: 'FlowValidation' }),
  async handle({ flows }, { caller, body, query, request }) {
    const { definition, findings, identity: { namespace = null, name = null, version = null } } = await flows.validate(caller, readSourceBody(body, request.headers), query)
    return { valid: definition !== undefined, namespace, name, version, findings }
  },
})

export const evaluateExpression = defineRoute({
  method: 'POST', path: '/api/v1/flows/evaluate', scope: 'flows:write', tag,
  summary: 'Evaluate an expression on data that you give, as a run would.',
  description: 'Nothing is stored, and nothing of a tenant is read: `$secrets` is empty unless you give it. What jq refuses is a problem that says where.',
  body: z.strictObject({
    value: z.unknown().describe('Anything with `${ … }` in it.'),
    bare: z.boolean().default(false).describe('The value is jq as a whole, as in `if`, `when` or `for.in`.'),
    input: z.unknown().optional().describe('What `.` and `$input` are; null unless given.'),
    variables: z.record(z.string().regex(/^[a-zA-Z_]\w{0,99}$/), z.unknown()).default({}).describe('By name, without `$`: `context`, `task`, loop variables …'),
  }),
  freeText: ['/value', '/input', '/variables'],
  reply: z.object({ output: z.unknown().describe('The first output; null where there is none.') }),
  handle: async ({ flows }, { caller, body: { value, bare, input = null, variables } }) => ({ output: await flows.evaluate(caller, { value, bare, input, variables }) }),
})

export const describeCall = defineRoute({
  method: 'POST', path: '/api/v1/flows/describe-call', scope: 'flows:write', tag,
  summary: 'Ask what a call by a protocol may be made with: operations, channels, services, tools, and what the chosen one takes.',
  description: 'The document or the server is asked by the hub, within the addresses that it may reach. Nothing is called and no secret opened: an authentication by expressions or names is left out. An address that takes an expression is refused, and so is an MCP server that is a program on the hub.',
  body: z.strictObject({ call: z.enum(describedCalls), with: z.record(z.string(), z.unknown()).describe('As it stands in the task. What is not there yet may be missing, but for the address.') }),
  freeText: ['/with'],
  reply: z.object({
    offers: z.array(z.object({ kind: z.enum(['operation', 'channel', 'service', 'method', 'tool', 'prompt', 'resource']), name: z.string().describe('As it stands in the call.'), summary: z.string() })),
    input: z.record(z.string(), z.unknown()).nullable().describe('JSON Schema of what the chosen one takes: parameters, fields of the message, the payload, arguments. Null where none is chosen, or it does not say.'),
  }).meta({ id: 'DescribedCall' }),
  async handle({ describeCall: describe }, { caller, body, request }) {
    const { offers, input = null } = await describe(caller, body, request.signal)
    return { offers, input }
  },
})

export const publishVersion = defineRoute({
  method: 'POST', path: '/api/v1/flows/:flow/versions/:version/publish', scope: 'flows:write', tag,
  summary: 'Publish a draft: from then on it never changes.',
  description: 'Checked again: refused with 422 where it names what is not there, unless `allowMissing` is set.',
  params: versionParam, query: z.strictObject({ allowMissing }), body: z.strictObject({}).optional(), reply: storedFlow,
  handle: ({ flows }, { caller, params: { flow, version }, query }) => flows.publish(caller, flow, version, query),
})

export const deleteDraft = defineRoute({
  method: 'DELETE', path: '/api/v1/flows/:flow/versions/:version', scope: 'flows:write', tag, status: 204,
  summary: 'Delete a draft.',
  params: versionParam, reply: z.undefined(),
  async handle({ flows }, { caller, params: { flow, version } }) {
    await flows.removeDraft(caller, flow, version)
    return new Answer({})
  },
})

function enablingRoute(verb: 'enable' | 'disable', texts: { summary: string, description?: string }): Route {
  return defineRoute({
    method: 'POST', path: `/api/v1/flows/:flow/${verb}`, scope: 'flows:write', tag, ...texts,
    params: flowParam, body: z.strictObject({}).optional(), reply: flowSummary,
    handle: async ({ flows }, { caller, params, request }) => toSummary(await flows.setEnabled(caller, params.flow, verb === 'enable', { ifMatch: request.ifMatch })),
  })
}

export const enableFlow = enablingRoute('enable', { summary: 'Let a flow be started again.' })
export const disableFlow = enablingRoute('disable', { summary: 'Let nobody start a flow for a while.', description: 'Runs that began go on.' })

export const deleteFlow = defineRoute({
  method: 'DELETE', path: '/api/v1/flows/:flow', scope: 'flows:write', tag, status: 204,
  summary: 'Delete a flow with all its versions.',
  description: 'Refused with 409 while runs of it are not over, unless `force` is set: then they go on to their end. Runs that are over stay readable.',
  params: flowParam, query: z.strictObject({ force: yes.describe('Also while runs are not over.') }), reply: z.undefined(),
  async handle({ flows }, { caller, params, query }) {
    await flows.remove(caller, params.flow, query)
    return new Answer({})
  },
})
