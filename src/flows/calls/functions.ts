/**
 * Functions that are tasks themselves: of the definition's own `use.functions`, of catalogs, and by their address. Every other name is an
 * operation of an integration.
 */
import { parseSource } from '../../catalog/openapi/parse/parse.ts'
import { isHubError } from '../../errors.ts'
import type { EffectContext } from '../effect.ts'
import type { TaskDefinition } from '../definition.ts'
import { fault } from '../fault.ts'
import { endpoint, readArguments } from './arguments.ts'
import type { Resources } from './resources.ts'

/** Undefined for a name that is an operation's: `<integration>/<operation>`. Throws FlowFault `configuration`, and what fetching throws. */
export type ResolveFunction = (name: string, context: EffectContext) => Promise<TaskDefinition | undefined>

const MAX_BYTES = 1024 * 1024
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/
/** What makes an object a task. */
const kinds = ['call', 'do', 'emit', 'for', 'fork', 'listen', 'raise', 'run', 'set', 'switch', 'try', 'wait']

export function createResolveFunction({ resources }: { resources: Resources }): ResolveFunction {
  return async (name, context) => {
    const { functions, catalogs } = context.definition.use ?? {}
    if (functions !== undefined && Object.hasOwn(functions, name)) return functions[name]
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return load(resources, { uri: rawUrl(name) }, context)
    const [, functionName, version, catalog] = /^([^:@/]+):([^@/]+)@([^@/]+)$/.exec(name) ?? []
    if (functionName === undefined || version === undefined || catalog === undefined) return undefined
    if (!namePattern.test(functionName) || !namePattern.test(version) || version.includes('..')) throw fault('configuration', `${JSON.stringify(name.slice(0, 200))} is no function of a catalog.`)
    const own = catalogs !== undefined && Object.hasOwn(catalogs, catalog) ? catalogs[catalog] : undefined
    if (own !== undefined) return load(resources, functionAddress((own as { endpoint?: unknown } | null)?.endpoint, functionName, version), context)
    if (catalog === 'default') return flowAsFunction(functionName, version)
    throw fault('configuration', `There is no catalog ${JSON.stringify(catalog.slice(0, 100))} under \`use.catalogs\`.`)
  }
}

/** The hub's own catalog holds the tenant's flows: a flow's input is what the function is called with, its output the function's. */
function flowAsFunction(name: string, version: string): TaskDefinition {
  return { run: { workflow: { namespace: 'default', name, version, input: '${ . }' } } }
}

interface Address { uri: string, authentication?: Record<string, unknown> }

/** https://github.com/serverlessworkflow/catalog says where a function stands below its catalog. */
function functionAddress(given: unknown, name: string, version: string): Address {
  const read = readArguments(endpoint, given, 'the catalog')
  const { uri, authentication } = typeof read === 'string' ? { uri: read, authentication: undefined } : read
  return { uri: rawUrl(`${uri.replace(/\/+$/, '')}/functions/${name}/${version}/function.yaml`), ...authentication !== undefined && { authentication } }
}

/** Of a repository's page on GitHub or GitLab, the file itself. */
export function rawUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null) return text
  const parts = url.pathname.split('/').filter((part) => part !== '')
  if (url.hostname === 'github.com' && parts.length > 2) {
    const [owner, repository, kind, ...rest] = parts
    if (kind === 'tree' || kind === 'blob') return `https://raw.githubusercontent.com/${owner}/${repository}/refs/heads/${rest.join('/')}`
    return `https://raw.githubusercontent.com/${owner}/${repository}/refs/heads/main/${[kind, ...rest].join('/')}`
  }
  if (url.hostname !== 'gitlab.com') return text
  const dash = parts.indexOf('-')
  if (dash !== -1 && (parts[dash + 1] === 'tree' || parts[dash + 1] === 'blob')) return `https://gitlab.com/${[...parts.slice(0, dash), '-', 'raw', ...parts.slice(dash + 2)].join('/')}`
  const functions = parts.indexOf('functions')
  return dash === -1 && functions > 1 ? `https://gitlab.com/${[...parts.slice(0, functions), '-', 'raw', 'main', ...parts.slice(functions)].join('/')}` : text
}

async function load(resources: Resources, address: Address, context: EffectContext): Promise<TaskDefinition> {
  const { bytes, contentType, url } = await resources.load({ endpoint: await evaluated(address, context) }, context, { maxBytes: MAX_BYTES, accept: 'application/yaml, application/json;q=0.9, text/plain;q=0.8, */*;q=0.5' })
  const value = parsed(() => parseSource(bytes, { contentType, sourceUrl: url }).value)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !kinds.some((kind) => Object.hasOwn(value, kind))) throw fault('configuration', `${new URL(url).host} does not have a function there: a function is a task.`)
  return value
}

/** A catalog stands in the definition as it was written. */
async function evaluated({ uri, authentication }: Address, context: EffectContext): Promise<Address> {
  if (authentication === undefined || typeof authentication['use'] === 'string') return { uri, ...authentication !== undefined && { authentication } }
  return { uri, authentication: await context.evaluateWithin(authentication, context.input) as Record<string, unknown> }
}

function parsed(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    if (isHubError(error)) throw fault('configuration', `The function cannot be read: ${error.errors?.[0]?.detail ?? error.message}`, { cause: error })
    throw error
  }
}
