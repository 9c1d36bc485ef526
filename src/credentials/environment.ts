/** `{ "$env": "NAME" }` in the place of a value: it stands in an environment variable that the operator allows. */

/** Undefined for a variable that is not allowed or not set. */
export type ReadEnvironment = (name: string) => string | undefined

export function createEnvironmentReader(allowed: string[], environment: Record<string, string | undefined>): ReadEnvironment {
  const names = new Set(allowed)
  return (name) => (names.has(name) ? environment[name] || undefined : undefined)
}

export function environmentName(value: unknown): string | undefined {
  return isReference(value) ? value.$env : undefined
}

export function isReference(value: unknown): value is { $env: string } {
  if (value === null || typeof value !== 'object' || Object.keys(value).length !== 1) return false
  return typeof (value as { $env?: unknown }).$env === 'string'
}

/** A copy with references replaced, also within objects and lists. `fail` is told of those that cannot be. */
export function fillIn(value: unknown, read: ReadEnvironment, fail: (pointer: string, detail: string) => void, pointer = ''): unknown {
  const variable = environmentName(value)
  if (variable !== undefined) {
    const found = read(variable)
    if (found === undefined) fail(`${pointer}/$env`, `refers to the environment variable ${variable.slice(0, 200)}, which the operator does not allow (INTERCHANGE_ALLOW_ENV) or has not set`)
    return found
  }
  if (value === null || typeof value !== 'object') return value
  const filled = Object.entries(value).map(([key, each]): [string, unknown] => [key, fillIn(each, read, fail, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)])
  return Array.isArray(value) ? filled.map(([, each]) => each) : Object.fromEntries(filled)
}
