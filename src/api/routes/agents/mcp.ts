import { z } from 'zod'
import { Answer, defineRoute, type Method } from '../../route.ts'

const descriptions: Record<'GET' | 'POST' | 'DELETE', string> = {
  GET: 'Follow what the hub tells by itself: that the list of tools changed.',
  POST: 'Send a message of the Model Context Protocol.',
  DELETE: 'End a conversation: its calls that are under way are answered no more.',
}

/** One path, as the protocol wants it. */
export const mcpRoutes = (Object.keys(descriptions) as (keyof typeof descriptions)[]).map((method) => defineRoute({
  method: method satisfies Method, path: '/mcp', scope: 'tools:use', tag: 'Agents', summary: descriptions[method],
  // No shape of its own: messages, and what is wrong with them, are the protocol's.
  description: 'The Model Context Protocol as streamable HTTP: JSON-RPC messages. Clients send the API key as `Authorization: Bearer`. No state is kept between requests.',
  reply: z.unknown(),
  async handle({ mcp }, { caller, body, request }) {
    const { status, headers, body: answer } = await mcp.handle({ caller, method, headers: request.headers, body, stillAllowed: () => request.stillAllowed('tools:use') })
    return new Answer({ status, headers, ...answer && { body: answer } })
  },
}))
