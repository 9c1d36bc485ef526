/** Tools for agents, and the protocol over which they ask. */
import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { createMcp } from '../agents/mcp/mcp.ts'
import { createTools, type ToolsDeps } from '../agents/tools/tools.ts'
import type { Services } from '../api/services.ts'
import type { Config } from '../config.ts'
import { HubError } from '../errors.ts'

export interface AgentsDeps extends Omit<ToolsDeps, 'flows'> {
  config: Config
  logger: Logger
  publicUrl(): string
}

export interface Agents {
  services: Pick<Services, 'tools' | 'mcp'>
}

export function createAgents({ config, logger, publicUrl, ...deps }: AgentsDeps): Agents {
  const tools = createTools({ ...deps, flows: noFlows })
  const onFault = (error: unknown): void => { logger.error({ err: error }, 'a tool failed') }
  return { services: { tools, mcp: createMcp({ tools, version: readVersion, publicUrl, origins: config.mcpOrigins, onFault }) } }
}

/** Until there are any. */
const noFlows: ToolsDeps['flows'] = {
  list: async () => [], find: async () => undefined, check: async () => undefined,
  start: refuse, wait: refuse, read: refuse, cancel: refuse,
}

async function refuse(): Promise<never> {
  throw new HubError('not_found', 'There is no such flow.')
}

async function readVersion(): Promise<string> {
  return (JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
}
