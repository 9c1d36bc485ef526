/** Inputs of operations that somebody kept. */
import { z } from 'zod'
import { Answer, defineRoute, pageOf, pageQuery, timestamp } from '../../route.ts'
import { integrationId } from './shapes.ts'

const tag = 'Integrations'
const path = '/api/v1/integrations/:id/examples'
const params = integrationId.extend({ example: z.string().max(100).describe('Id of the example.') })

const fields = {
  name: z.string().trim().min(1).max(100).describe('What people call it; another for each of an operation.'),
  input: z.unknown().describe("Of the operation, as its schema says; it may be unfinished. What the schema calls secret is left out. It is shown to all who may see the integration."),
}
const operation = z.string().min(1).max(300)

const example = z.object({ id: z.uuid(), integrationId: z.uuid(), operation, ...fields, createdBy: z.string(), createdAt: timestamp, updatedAt: timestamp }).meta({ id: 'OperationExample' })

export const listExamples = defineRoute({
  method: 'GET', path, scope: 'integrations:read', tag, summary: "List the kept examples of an integration's operations, oldest first.",
  params: integrationId, query: z.strictObject({ ...pageQuery, operation: operation.optional() }), reply: pageOf(example),
  handle: ({ examples }, { caller, params: { id }, query }) => examples.list(caller, id, query),
})

export const createExample = defineRoute({
  method: 'POST', path, scope: 'integrations:run', tag, status: 201, creates: true, summary: 'Keep an input of an operation by a name.',
  params: integrationId, body: z.strictObject({ operation, ...fields }), reply: example,
  handle: ({ examples }, { caller, params: { id }, body: { operation: of, name, input } }) => examples.create(caller, id, { operation: of, name, input }),
})

export const getExample = defineRoute({
  method: 'GET', path: `${path}/:example`, scope: 'integrations:read', tag, summary: 'Get a kept example.', params, reply: example,
  handle: ({ examples }, { caller, params: { id, example: which } }) => examples.find(caller, id, which),
})

export const replaceExample = defineRoute({
  method: 'PUT', path: `${path}/:example`, scope: 'integrations:run', tag, summary: 'Replace the name and the input of a kept example.',
  params, body: z.strictObject(fields), reply: example,
  handle: ({ examples }, { caller, params: { id, example: which }, body: { name, input } }) => examples.replace(caller, id, which, { name, input }),
})

export const deleteExample = defineRoute({
  method: 'DELETE', path: `${path}/:example`, scope: 'integrations:run', tag, status: 204, summary: 'Delete a kept example.', params, reply: z.undefined(),
  async handle({ examples }, { caller, params: { id, example: which } }) {
    await examples.remove(caller, id, which)
    return new Answer({})
  },
})
