import type { Route } from './route.ts'

/** Which methods a path takes, by the table; for requests that no route answers. */
export function readMethods(routes: readonly Pick<Route, 'method' | 'path'>[]): (path: string) => string[] {
  const patterns = routes.filter(({ method }) => method !== 'ANY').map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  return (path) => [...new Set(patterns.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : [])))].sort()
}

/** Of a path in Fastify's form. */
function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replaceAll(/[^\w-]/g, String.raw`\$&`)))
  return new RegExp(`^${parts.join('/')}/?$`)
}
