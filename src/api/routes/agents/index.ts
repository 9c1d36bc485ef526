/** Agents, and tools for agents over the Model Context Protocol and as plain HTTP. */
import type { Route } from '../../route.ts'
import { createAgent, createAgentFromIntegration, deleteAgent, getAgent, listAgents, listCapabilities, replaceAgent, runAgent } from './definitions.ts'
import { mcpRoutes } from './mcp.ts'
import { callTool, getTool, listTools, searchOperations } from './tools.ts'

export const agentRoutes: Route[] = [
  listTools, getTool, callTool, searchOperations, ...mcpRoutes, createAgent, createAgentFromIntegration, listAgents, listCapabilities, getAgent, replaceAgent, deleteAgent, runAgent,
]
