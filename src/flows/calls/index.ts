/** The leaf tasks of flows, by kind. */
import { createAsyncApi } from '../../catalog/asyncapi/client.ts'
import { createGrpc } from '../../catalog/grpc/client.ts'
import { createMcp } from '../../catalog/mcp/client.ts'
import { createSandbox } from '../../lib/sandbox/sandbox.ts'
import type { Effects } from '../effect.ts'
import { createA2aCall } from './a2a.ts'
import { createAsyncApiCall } from './asyncapi.ts'
import { createAuthentication } from './authentication/resolve.ts'
import { createContainerRun } from './container.ts'
import type { Allowances, CallDeps } from './deps.ts'
import { createDescribeCall, type DescribeCall } from './describing/describing.ts'
import { createFunctionCall, type FunctionDeps } from './function.ts'
import { createResolveFunction } from './functions.ts'
import { createGrpcCall } from './grpc.ts'
import { createHttpCall } from './http.ts'
import { createMcpCall } from './mcp.ts'
import { createOpenApiCall, createOpenApiOperations } from './openapi.ts'
import { createResources } from './resources.ts'
import { createLoadSchema, type LoadSchema } from './schema.ts'
import { createScriptRun } from './script.ts'
import { createShellRun } from './shell.ts'

export interface CallsOptions extends Omit<CallDeps, 'authentication'>, FunctionDeps {
  allow: Allowances
  /** Certificate authorities (PEM) for gRPC instead of the well-known ones. */
  ca?: string
}

export interface Calls extends Effects {
  loadSchema: LoadSchema
  describe: DescribeCall
  close(): Promise<void>
}

export function createCalls(options: CallsOptions): Calls {
  const { http, guard, allow, ca } = options
  const authentication = createAuthentication(options)
  const deps = { ...options, authentication, resources: createResources({ ...options, authentication }), operations: createOpenApiOperations() }
  const grpc = createGrpc({ guard, ...ca !== undefined && { ca } })
  const mcp = createMcp({ http })
  const sandbox = createSandbox()
  const container = createContainerRun({ allow })
  return {
    kinds: {
      http: createHttpCall(deps), openapi: createOpenApiCall(deps), grpc: createGrpcCall({ ...deps, grpc }), asyncapi: createAsyncApiCall({ ...deps, asyncApi: createAsyncApi({ http, guard }) }),
      mcp: createMcpCall({ ...deps, mcp }), a2a: createA2aCall(deps), function: createFunctionCall({ ...options, resolveFunction: createResolveFunction(deps) }),
      script: createScriptRun({ ...deps, sandbox }), shell: createShellRun({ allow }), container: container.run,
    },
    resolveAuthentication: authentication.resolve,
    loadSchema: createLoadSchema(deps),
    describe: createDescribeCall({ ...deps, grpc, mcp }),
    async close() {
      container.close()
      grpc.close()
      await sandbox.close()
    },
  }
}
