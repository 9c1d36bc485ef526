import { Readable } from 'node:stream'
import { z } from 'zod'
import { asYaml, readSource } from '../../../flows/document/source.ts'
import { Answer, defineRoute, pageOf, pageQuery } from '../../route.ts'
import { flow, flowParam, flowSummary, flowVersion, tag, toSummary, toVersion, versionParam, wantsYaml } from './shapes.ts'
import type { RouteInput } from '../../route.ts'
import type { Services } from '../../services.ts'

const yaml = { 'content-type': 'application/yaml; charset=utf-8' }

export const listFlows = defineRoute({
  method: 'GET', path: '/api/v1/flows', scope: 'flows:read', tag,
  summary: 'List flows, by namespace and name.',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().min(1).max(200).optional().describe('Only those with this text in name, title or summary.'),
    namespace: z.string().min(1).max(100).optional(), enabled: z.stringbool().optional(),
  }),
  reply: pageOf(flowSummary),
  async handle({ flows }, { caller, query: { q, namespace, enabled, ...page } }) {
    const { data, nextCursor } = await flows.list(caller, { q, namespace, enabled }, page)
    return { data: data.map(toSummary), nextCursor }
  },
})

async function show({ flows }: Services, { caller, params, request }: Pick<RouteInput<{ flow: string, version?: string }, unknown, unknown>, 'caller' | 'params' | 'request'>): Promise<z.input<typeof flow> | Answer> {
  const { source, ...version } = await flows.source(caller, params.flow, params.version)
  if (wantsYaml(request.headers)) return new Answer({ headers: yaml, body: asYaml(source, version.format) })
  const { warnings, status, format, publishedAt } = toVersion(version)
  return {
    ...toSummary(await flows.find(caller, params.flow)), version: version.version, status, format, source, warnings, publishedAt,
    definition: readSource(source, format).value as Record<string, unknown>,
  }
}

export const getFlow = defineRoute({
  method: 'GET', path: '/api/v1/flows/:flow', scope: 'flows:read', tag,
  summary: 'Get a flow with its latest version, or its newest draft where nothing is published.',
  description: 'With `Accept: application/yaml` its document alone, as it was written.',
  params: flowParam, reply: flow,
  handle: (services, input) => show(services, input),
})

export const getFlowVersion = defineRoute({
  method: 'GET', path: '/api/v1/flows/:flow/versions/:version', scope: 'flows:read', tag,
  summary: 'Get a flow with one of its versions.',
  description: 'With `Accept: application/yaml` its document alone, as it was written.',
  params: versionParam, reply: flow,
  handle: (services, input) => show(services, input),
})

export const listFlowVersions = defineRoute({
  method: 'GET', path: '/api/v1/flows/:flow/versions', scope: 'flows:read', tag,
  summary: 'List the versions of a flow, drafts among them, the highest first.',
  params: flowParam, query: z.strictObject(pageQuery), reply: pageOf(flowVersion),
  async handle({ flows }, { caller, params, query }) {
    const { data, nextCursor } = await flows.versions(caller, params.flow, query)
    return { data: data.map(toVersion), nextCursor }
  },
})

const taskChange = z.object({
  change: z.enum(['added', 'removed', 'changed', 'moved']), task: z.string().describe('Names from the outermost task to this one: `checkOrder/notify`.'),
  pointer: z.string().describe('Where it is in the later version, or was in the earlier one where it is gone.'),
  members: z.array(z.string()).optional().describe('JSON Pointers, from the task, of what differs.'), from: z.string().optional().describe('Where it was before.'),
}).meta({ id: 'FlowTaskChange' })

export const diffFlow = defineRoute({
  method: 'GET', path: '/api/v1/flows/:flow/diff', scope: 'flows:read', tag,
  summary: 'Compare two versions of a flow.',
  params: flowParam,
  query: z.strictObject({ from: z.string().max(200).optional().describe('The second highest version unless given.'), to: z.string().max(200).optional().describe('The highest version unless given.') }),
  reply: z.object({
    namespace: z.string(), name: z.string(), from: z.string(), to: z.string(), same: z.boolean().describe('Nothing differs but the version itself, and the text.'),
    tasks: z.array(taskChange), document: z.array(z.string()).describe('JSON Pointers of what differs outside of tasks.'), text: z.string().describe('The documents line by line, as `diff -u` writes it.'),
  }).meta({ id: 'FlowDiff' }),
  handle: ({ flows }, { caller, params, query: { from, to } }) => flows.diff(caller, params.flow, { from, to }),
})

export const exportFlows = defineRoute({
  method: 'GET', path: '/api/v1/flows/export', scope: 'flows:read', tag,
  summary: 'Get the latest version of every flow as YAML documents, one after another.',
  description: '`POST /api/v1/flows/apply` takes them as they are: here, or in another tenant or hub.',
  query: z.strictObject({ namespace: z.string().min(1).max(100).optional().describe('Only flows of this namespace.') }),
  reply: z.string().meta({ contentMediaType: 'application/yaml' }),
  async handle({ flows }, { caller, query }) {
    return new Answer({ headers: yaml, body: Readable.from(flows.export(caller, query.namespace)) })
  },
})
