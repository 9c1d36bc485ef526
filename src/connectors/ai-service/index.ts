/** Language models of OpenAI, of Anthropic, and of all servers that speak like OpenAI's: asked and answered in one form. */
import { z } from 'zod'
import type { ConnectionContext } from '../connector.ts'
import { defineConnector, defineOperation } from '../define.ts'
import { HubError, isHubError } from '../../errors.ts'
import { anthropic } from './anthropic.ts'
import { authorized, endpointOf, settingsOf, type Call, type Vendor } from './api.ts'
import manifest from './manifest.json' with { type: 'json' }
import { openai } from './openai.ts'
import { chatInput, chatOutput, embeddingsInput, embeddingsOutput, modelsOutput } from './shapes.ts'

const operations = [
  defineOperation({
    id: 'chat', summary: 'Have a language model answer, or say which tools it wants called.', tags: ['chat'],
    // A model changes nothing by answering: a repeat costs, and does no harm.
    retrySafe: true, readOnly: true,
    input: chatInput, output: chatOutput, example: { model: 'gpt-4.1-mini', messages: [{ role: 'user', content: 'Say hello.' }] },
    run: ({ input, ...call }) => vendorOf(call).chat(call, input),
    stream: ({ input, ...call }, tell) => vendorOf(call).streamChat(call, input, tell),
  }),
  defineOperation({
    id: 'embeddings', summary: 'Turn texts into vectors, for search by meaning.', tags: ['embeddings'], retrySafe: true, readOnly: true,
    input: embeddingsInput, output: embeddingsOutput, example: { model: 'text-embedding-3-small', input: ['tea', 'coffee'] },
    async run({ input, ...call }) {
      const { embeddings } = vendorOf(call)
      if (embeddings === undefined) throw new HubError('invalid_input', "Anthropic's API makes no embeddings: use an integration with another one.", { errors: [{ pointer: '', detail: 'is no operation of this API' }], beforeSending: true })
      return embeddings(call, input)
    },
  }),
  defineOperation({
    id: 'list_models', summary: 'List the models that the key may use.', tags: ['models'], retrySafe: true, readOnly: true,
    input: z.strictObject({}), output: modelsOutput, example: {},
    run: (call) => vendorOf(call).listModels(call),
  }),
]

export const aiService = defineConnector({
  folder: import.meta.url, manifest, operations, testConnection,
  hosts: (place) => [endpointOf(place).host], proxy: async (request, context) => authorized(request, context),
})

function vendorOf(call: Pick<Call, 'configuration'>): Vendor {
  return settingsOf(call).api === 'anthropic' ? anthropic : openai
}

async function testConnection(context: ConnectionContext): Promise<{ detail: string }> {
  try {
    const { models } = await vendorOf(context).listModels(context)
    return { detail: `The AI service answered, with ${models.length} models.` }
  } catch (error) {
    if (!isHubError(error)) throw error
    if (error.upstreamStatus === 401 || error.upstreamStatus === 403) throw new HubError('connection_failed', 'The AI service does not accept the key.', { cause: error, upstreamStatus: error.upstreamStatus })
    // Some servers have no such list.
    if (error.upstreamStatus === 404) return { detail: 'The AI service answered. It lists no models.' }
    throw error
  }
}
