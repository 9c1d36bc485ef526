/** The call that a form makes, for programs. The key comes from the environment: none is ever written out. */
export type Language = 'curl' | 'typescript' | 'cli'

export interface Call { origin: string, integration: { id: string, name: string }, operation: string, input: unknown }

/** Where the command looks by itself. */
const DEFAULT_URL = 'http://127.0.0.1:8080'

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`)

export const snippets: Record<Language, (call: Call) => string> = {
  curl: ({ origin, integration: { id }, operation, input }) => [
    `curl ${origin}/api/v1/integrations/${id}/run`, '-H "Authorization: Bearer $INTERCHANGE_API_KEY"', "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify({ operation, input }, null, 2))}`,
  ].join(' \\\n  '),

  typescript: ({ origin, integration: { id }, operation, input }) => [
    "import { createClient } from './src/client/client.ts'", '',
    `const hub = createClient({ baseUrl: '${origin}', apiKey: process.env.INTERCHANGE_API_KEY })`,
    "const { data } = await hub.post('/api/v1/integrations/{id}/run', {",
    `  path: { id: '${id}' },`, `  body: ${JSON.stringify({ operation, input }, null, 2).replaceAll('\n', '\n  ')},`, '})', 'console.log(data)',
  ].join('\n'),

  cli: ({ origin, integration: { name }, operation, input }) => [...origin === DEFAULT_URL ? [] : [`INTERCHANGE_URL=${origin}`], 'interchange run', quoted(name), quoted(operation), ...parts(input)].join(' '),
}

/** Names that the command could not tell from what follows them. */
const unnameable = /^$|[=\\]|:$/

/** `body.title="…" id:=3`: text after `=`, everything else as JSON after `:=`. A dot within a name is `\.`. */
function parts(value: unknown, path = ''): string[] {
  if (value === undefined) return []
  const names = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : []
  if (names.length > 0 && (path === '' || !names.some((name) => unnameable.test(name)))) {
    return Object.entries(value as object).flatMap(([name, each]) => parts(each, `${path === '' ? '' : `${path}.`}${name.replaceAll('.', String.raw`\.`)}`))
  }
  if (path === '') return []
  return [quoted(typeof value === 'string' ? `${path}=${value}` : `${path}:=${JSON.stringify(value)}`)]
}
