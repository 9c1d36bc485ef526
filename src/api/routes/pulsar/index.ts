import { z } from 'zod'
import { Answer, defineRoute, pageOf, pageQuery, type Route } from '../../route.ts'
import { bridge, bridgeId, bridgeInput, bridgePatch, tag, toBridge, writtenBack } from './shapes.ts'

const path = '/api/v1/pulsar-bridges'

const createBridge = defineRoute({
  method: 'POST', path, scope: 'events:write', tag, creates: true, status: 201,
  summary: 'Bridge topics of Apache Pulsar and events.',
  description: 'It connects at once, through Pulsar\'s WebSocket API; `connection` and `links` tell how that goes. Events are sent from this moment on.',
  body: bridgeInput, reply: bridge,
  handle: async ({ pulsarBridges }, { caller, body }) => toBridge(await pulsarBridges.create(caller, body)),
})

const listBridges = defineRoute({
  method: 'GET', path, scope: 'events:read', tag,
  summary: 'List bridges by id, with how they fare.',
  query: z.strictObject({ ...pageQuery, q: z.string().max(200).optional().describe('Only those with this text in their name.') }),
  reply: pageOf(bridge),
  handle: async ({ pulsarBridges }, { caller, query }) => {
    const { data, nextCursor } = await pulsarBridges.list(caller, query)
    return { data: data.map(toBridge), nextCursor }
  },
})

const getBridge = defineRoute({
  method: 'GET', path: `${path}/:id`, scope: 'events:read', tag,
  summary: 'Get a bridge, with how it fares.',
  params: bridgeId, reply: bridge,
  handle: async ({ pulsarBridges }, { caller, params }) => toBridge(await pulsarBridges.find(caller, params.id)),
})

const replaceBridge = defineRoute({
  method: 'PUT', path: `${path}/:id`, scope: 'events:write', tag,
  summary: 'Replace a bridge.',
  description: 'What is left out falls back to its default; the token stays, unless the bridge moves to another broker: then it must be given. What was read may be written back as it is.',
  params: bridgeId, body: writtenBack(bridgeInput), reply: bridge,
  handle: async ({ pulsarBridges }, { caller, params, body, request }) => toBridge(await pulsarBridges.replace(caller, params.id, body, { ifMatch: request.ifMatch })),
})

const patchBridge = defineRoute({
  method: 'PATCH', path: `${path}/:id`, scope: 'events:write', tag,
  summary: 'Change some of a bridge.',
  description: 'Fields that are left out stay; lists are replaced whole. What was read may be written back as it is.',
  params: bridgeId, body: writtenBack(bridgePatch), reply: bridge,
  handle: async ({ pulsarBridges }, { caller, params, body, request }) => toBridge(await pulsarBridges.patch(caller, params.id, body, { ifMatch: request.ifMatch })),
})

const deleteBridge = defineRoute({
  method: 'DELETE', path: `${path}/:id`, scope: 'events:write', tag, status: 204,
  summary: 'Delete a bridge.',
  description: "Its subscriptions stay at the broker, which keeps messages for them: delete them there where nobody else uses them.",
  conditional: true, params: bridgeId, reply: z.undefined(),
  handle: async ({ pulsarBridges }, { caller, params, request }) => {
    await pulsarBridges.remove(caller, params.id, { ifMatch: request.ifMatch })
    return new Answer({})
  },
})

export const pulsarRoutes: Route[] = [createBridge, listBridges, getBridge, replaceBridge, patchBridge, deleteBridge]
