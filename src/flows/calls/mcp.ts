/** `call: mcp`. */
import { z } from 'zod'
import { McpFailure, type Mcp, type McpServer } from '../../catalog/mcp/client.ts'
import { depthHeader } from '../../tenants/depth.ts'
import { durationMs } from '../duration.ts'
import type { Effect, EffectContext } from '../effect.ts'
import { fault } from '../fault.ts'
import { duration, endpoint, environment, readArguments, texts } from './arguments.ts'
import type { Allowances, CallDeps } from './deps.ts'
import { readEndpoint } from './resources.ts'
import { REQUEST_TIMEOUT_MS } from './sending.ts'
import { programPath, withTemporaryFolder } from './temporary.ts'

export const mcpArguments = z.object({
  protocolVersion: z.string().default('2025-06-18'),
  method: z.enum(['tools/list', 'tools/call', 'prompts/list', 'prompts/get', 'resources/list', 'resources/read', 'resources/templates/list']),
  parameters: z.record(z.string(), z.unknown()).default({}),
  timeout: duration.optional(),
  transport: z.object({
    http: z.object({ endpoint, headers: texts.default({}) }).optional(),
    stdio: z.object({ command: z.string().min(1), arguments: z.array(z.string()).default([]), environment: environment.default({}) }).optional(),
    options: z.record(z.string(), z.string()).optional(),
  }),
  client: z.object({ name: z.string(), version: z.string().default('1'), description: z.string().optional() }).default({ name: 'interchange', version: '0.1.0' }),
})
type McpArguments = z.output<typeof mcpArguments>

export interface McpDeps extends Pick<CallDeps, 'authentication'> { mcp: Mcp, allow: Pick<Allowances, 'stdioCommands'> }

export function createMcpCall(deps: McpDeps): Effect {
  return async (given, context) => {
    const args = readArguments(mcpArguments, given, 'call: mcp')
    return withTemporaryFolder(async (cwd) => {
      const { protocolVersion, method, parameters: params, client, timeout } = args
      const server = await serverOf(deps, args, { cwd, context })
      try {
        return await deps.mcp.request({ server, client, protocolVersion, method, params, timeoutMs: timeout === undefined ? REQUEST_TIMEOUT_MS : durationMs(timeout), signal: context.signal })
      } catch (error) {
        if (error instanceof McpFailure) throw fault('runtime', error.message, { cause: error })
        throw error
      }
    })
  }
}

async function serverOf({ authentication, allow }: McpDeps, { transport: { http, stdio } }: McpArguments, { cwd, context }: { cwd: string, context: EffectContext }): Promise<McpServer> {
  if (http !== undefined) return httpServerOf(authentication, http, context)
  if (stdio === undefined) throw fault('configuration', 'An MCP transport is http or stdio.')
  if (!allow.stdioCommands.includes(stdio.command)) throw fault('configuration', `MCP servers may not be started by ${stdio.command.slice(0, 100)} here: the operator names the commands that may in INTERCHANGE_ALLOW_COMMANDS.`)
  return { stdio: { command: stdio.command, args: stdio.arguments, environment: { ...programPath(), ...stdio.environment }, cwd } }
}

export async function httpServerOf(authentication: CallDeps['authentication'], { endpoint: given, headers: own }: NonNullable<McpArguments['transport']['http']>, context: EffectContext): Promise<McpServer> {
  const { url, authentication: policy } = readEndpoint(given, context.input)
  const headers = { ...own, ...depthHeader(context.caller) }
  if (policy === undefined) return { http: { url, headers } }
  const { scheme, parameter } = await authentication.resolveEvaluated(policy, context)
  if (parameter === '') throw fault('configuration', `MCP knows no ${scheme} authentication.`)
  return { http: { url, headers: { ...headers, authorization: `${scheme} ${parameter}` } } }
}
