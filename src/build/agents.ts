/** Agents: tools for them, the protocol over which they ask, and those of the hub's own. */
import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { createAgents as createDefinitions } from '../agents/definitions/agents.ts'
import { withAgentSteps } from '../agents/definitions/steps.ts'
import { createMcp } from '../agents/mcp/mcp.ts'
import { createFlowSource, type FlowSourceDeps } from '../agents/tools/flow-source.ts'
import { createTools, type ToolsDeps } from '../agents/tools/tools.ts'
import type { Services } from '../api/services.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { Effect, FunctionArguments } from '../flows/effect.ts'

export interface AgentsDeps extends Omit<ToolsDeps, 'flows' | 'integrations'>, Pick<Services, 'flows' | 'runs' | 'integrations'>, Pick<FlowSourceDeps, 'definitions'> {
  config: Config
  logger: Logger
  database: Database
  publicUrl(): string
}

export interface Agents {
  services: Pick<Services, 'tools' | 'mcp' | 'agents'>
  /** `call: function` of flows, with the steps of agents. */
  stepsOver(callFunction: Effect<FunctionArguments>): Effect<FunctionArguments>
}

export function createAgents({ config, logger, publicUrl, database, flows, runs, definitions, ...deps }: AgentsDeps): Agents {
  const tools = createTools({ ...deps, flows: createFlowSource({ flows, definitions, runs }) })
  const onFault = (error: unknown): void => { logger.error({ err: error }, 'a tool failed') }
  return {
    services: {
      tools, mcp: createMcp({ tools, version: readVersion, publicUrl, origins: config.mcpOrigins, onFault }),
      agents: createDefinitions({ database, flows, runs, tools, integrations: deps.integrations }),
    },
    stepsOver: (callFunction) => withAgentSteps({ tools, callFunction }),
  }
}

async function readVersion(): Promise<string> {
  return (JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
}
