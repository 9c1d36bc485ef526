import { z } from 'zod'
import { fillIn, findInLibrary, listLibrary, type LibraryFlow } from '../../../flows/library/library.ts'
import { pageWithin } from '../../../lib/page.ts'
import { Answer, defineRoute, pageOf, pageQuery } from '../../route.ts'
import { statusOf, storedFlow, tag } from './shapes.ts'

const libraryFlow = z.object({
  id: z.string(), title: z.string(), description: z.string(),
  present: z.boolean().describe('It can be run by its name without being installed.'),
  needs: z.object({ credentials: z.array(z.object({ id: z.string(), connector: z.string() })).optional() }),
  parameters: z.record(z.string(), z.record(z.string(), z.unknown())).describe('Name → JSON Schema, with a `default` where it may be left out.'),
  source: z.string().describe('The document, with `{{name}}` for each parameter.'),
}).meta({ id: 'LibraryFlow' })
const idParam = z.object({ id: z.string().max(100).describe('Id of the predefined flow.') })

function shown({ id, title, description, present, needs, parameters, source }: LibraryFlow): z.input<typeof libraryFlow> {
  return { id, title, description, present, needs, parameters, source }
}

export const listLibraryFlows = defineRoute({
  method: 'GET', path: '/api/v1/flows/library', scope: 'flows:read', tag,
  summary: 'List predefined flows.',
  query: z.strictObject(pageQuery), reply: pageOf(libraryFlow),
  handle: async (_services, { query }) => pageWithin(listLibrary().map(shown), query),
})

export const getLibraryFlow = defineRoute({
  method: 'GET', path: '/api/v1/flows/library/:id', scope: 'flows:read', tag,
  summary: 'Get a predefined flow.',
  params: idParam, reply: libraryFlow,
  handle: async (_services, { params }) => shown(findInLibrary(params.id)),
})

export const installLibraryFlow = defineRoute({
  method: 'POST', path: '/api/v1/flows/library/:id/install', scope: 'flows:write', tag, creates: true, status: 201,
  summary: 'Store a predefined flow with its parameters as a flow of the tenant.',
  params: idParam, freeText: ['/parameters'],
  body: z.strictObject({
    parameters: z.record(z.string(), z.unknown()).default({}),
    name: z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/, 'must be letters, digits and hyphens').optional().describe('Another name, so that it can be installed more than once.'),
    draft: z.boolean().default(false),
  }),
  reply: storedFlow,
  async handle({ flows }, { caller, params, body: { parameters, name, draft } }) {
    const text = fillIn(findInLibrary(params.id), parameters)
    const stored = await flows.create(caller, { text: name === undefined ? text : text.replace(/^ {2}name: .*$/m, `  name: ${JSON.stringify(name)}`), format: 'yaml' }, { draft, allowMissing: true })
    return new Answer({ status: statusOf(stored), headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(stored) })
  },
})
