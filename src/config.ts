/** Settings, all from the environment. docs/configuration.md is made from `settings` and a test holds the two together. */
import { resolve } from 'node:path'
import { isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseProviders, type OpenIdProvider } from './tenants/sign-in/openid/settings.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export interface Config {
  host: string
  port: number
  publicUrl: string | undefined
  trustProxy: string[]
  dataFolder: string
  cacheFolder: string
  databaseUrl: string | undefined
  databaseConnections: number
  apiKey: string | undefined
  rootKey: string | undefined
  rootKeyPrevious: string | undefined
  allowNetworks: string[]
  allowEnvironment: string[]
  mcpOrigins: string[]
  allowShell: boolean
  allowCommands: string[]
  containerCommand: string | undefined
  pythonCommand: string | undefined
  logLevel: LogLevel
  maxBodyBytes: number
  eventsRetentionDays: number
  runsRetentionDays: number
  executionsRetentionDays: number
  otlpEndpoint: string | undefined
  smtpUrl: string | undefined
  smtpFrom: string
  openIdProviders: OpenIdProvider[]
  sessionIdleHours: number
  sessionMaxDays: number
}

/** A setting's value is wrong: the message is one line that names the variable, what it got and what it takes. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

interface Setting<Value> {
  variable: string
  fallback: string
  takes: string
  description: string
  /** Shown as `(hidden)` in errors. */
  secret?: boolean
  /** Undefined means that the text is not one of those that the setting takes. */
  parse(text: string): Value | undefined
}

const packageFolder = fileURLToPath(new URL('..', import.meta.url))

const settings: { [Key in keyof Config]: Setting<Config[Key]> } = {
  host: {
    variable: 'INTERCHANGE_HOST', fallback: '127.0.0.1', takes: 'an IP address or a host name',
    description: 'Address that the hub listens on. `0.0.0.0` listens on all of them.',
    parse: (text) => (isIP(text) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) ? text : undefined),
  },
  port: {
    variable: 'INTERCHANGE_PORT', fallback: '8080', takes: 'a port from 0 to 65535 (0 picks a free one)',
    description: 'TCP port of the API and the dashboard.',
    parse: (text) => wholeNumber(text, 0, 65_535),
  },
  publicUrl: {
    variable: 'INTERCHANGE_PUBLIC_URL', fallback: '', takes: 'an http or https URL, such as https://hub.example.com',
    description: "Where others reach the hub, behind a reverse proxy for instance. Stands in the webhook sources' URLs. Empty: the address and port that it listens on.",
    parse: (text) => (text === '' ? undefined : isPublicUrl(text) ? text.replace(/\/+$/, '') : invalid),
  },
  trustProxy: {
    variable: 'INTERCHANGE_TRUST_PROXY', fallback: '', takes: 'CIDRs separated by commas, such as 127.0.0.1,10.1.0.0/16',
    description: 'Reverse proxies whose `X-Forwarded-For` is believed, so that a request counts as coming from its client. Empty: none.',
    parse: parseNetworks,
  },
  dataFolder: {
    variable: 'INTERCHANGE_DATA', fallback: './data', takes: 'a folder',
    description: 'Where the embedded Postgres, large values and the root key file live. Made when missing.',
    parse: (text) => resolve(text),
  },
  cacheFolder: {
    variable: 'INTERCHANGE_CACHE', fallback: resolve(packageFolder, 'node_modules/.cache/interchange'), takes: 'a folder',
    description: 'Where the packed documents of the catalogue are kept once fetched. May be deleted at any time. By default beside the installed packages.',
    parse: (text) => resolve(text),
  },
  databaseUrl: {
    variable: 'DATABASE_URL', fallback: '', takes: 'a Postgres URL (postgres://user:password@host:port/database)', secret: true,
    description: 'A Postgres 15 or newer of your own. Empty: the embedded one under the data folder.',
    parse: (text) => (text === '' || /^postgres(ql)?:\/\/[^\s]+$/.test(text) ? text || undefined : invalid),
  },
  databaseConnections: {
    variable: 'INTERCHANGE_DATABASE_CONNECTIONS', fallback: '20', takes: 'a whole number from 8 to 500',
    description: 'Upper bound of Postgres connections that this process opens.',
    parse: (text) => wholeNumber(text, 8, 500),
  },
  apiKey: {
    variable: 'INTERCHANGE_API_KEY', fallback: '', takes: '24 characters or more, without spaces', secret: true,
    description: "The first owner's API key. Empty: one is made at the first start and shown once.",
    parse: (text) => (text === '' || /^[\x21-\x7e]{24,512}$/.test(text) ? text || undefined : invalid),
  },
  rootKey: {
    variable: 'INTERCHANGE_ROOT_KEY', fallback: '', takes: '32 bytes as 64 hex digits or as base64', secret: true,
    description: 'Wraps the tenants\' keys. Empty: one is made at the first start, in the 0600 file `root.key` under the data folder.',
    parse: (text) => (text === '' || isRootKey(text) ? text || undefined : invalid),
  },
  rootKeyPrevious: {
    variable: 'INTERCHANGE_ROOT_KEY_PREVIOUS', fallback: '', takes: '32 bytes as 64 hex digits or as base64', secret: true,
    description: 'The root key before, while `interchange rotate-keys --root` re-wraps with the new one.',
    parse: (text) => (text === '' || isRootKey(text) ? text || undefined : invalid),
  },
  allowNetworks: {
    variable: 'INTERCHANGE_ALLOW_NETWORKS', fallback: '', takes: 'CIDRs separated by commas, such as 127.0.0.0/8,10.1.0.0/16',
    description: 'Networks that outgoing calls may reach besides public addresses. Loopback and private addresses are refused by default.',
    parse: parseNetworks,
  },
  allowEnvironment: {
    variable: 'INTERCHANGE_ALLOW_ENV', fallback: '', takes: 'names of environment variables separated by commas',
    description: "Environment variables that a credential's field may refer to, as `{ \"$env\": \"NAME\" }`.",
    parse: (text) => {
      const names = list(text)
      return names.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.startsWith('INTERCHANGE_') && name !== 'DATABASE_URL') ? names : undefined
    },
  },
  mcpOrigins: {
    variable: 'INTERCHANGE_MCP_ORIGINS', fallback: '', takes: 'origins separated by commas, such as https://agents.example.com',
    description: "Origins of web pages that may use `/mcp`, besides the hub's own. Clients that are no web pages send none, and need none.",
    parse: (text) => (list(text).every((origin) => URL.parse(origin)?.origin === origin) ? list(text) : undefined),
  },
  allowShell: {
    variable: 'INTERCHANGE_ALLOW_SHELL', fallback: 'false', takes: 'true or false',
    description: "Whether flows may run shell commands. They have the rights of the hub's own process: whoever may write flows can read the data folder then.",
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  },
  allowCommands: {
    variable: 'INTERCHANGE_ALLOW_COMMANDS', fallback: '', takes: 'commands separated by commas, such as npx,/opt/mcp/server',
    description: "Commands that MCP servers may be started by, each written as flows write it. They have the rights of the hub's own process. Empty: none.",
    parse: (text) => {
      const commands = list(text)
      return commands.every(isCommand) ? commands : undefined
    },
  },
  containerCommand: {
    variable: 'INTERCHANGE_CONTAINER_COMMAND', fallback: '', takes: 'docker, podman or a path',
    description: 'Runs the containers of flows. Empty: flows run none.',
    parse: (text) => (text === '' || isCommand(text) ? text || undefined : invalid),
  },
  pythonCommand: {
    variable: 'INTERCHANGE_PYTHON', fallback: '', takes: 'python3 or a path',
    description: "Runs the Python scripts of flows, with the rights of the hub's own process. Empty: flows run none; their JavaScript runs in a sandbox in any case.",
    parse: (text) => (text === '' || isCommand(text) ? text || undefined : invalid),
  },
  logLevel: {
    variable: 'INTERCHANGE_LOG_LEVEL', fallback: 'info', takes: logLevels.join(', '),
    description: 'How much the JSON log on standard output says.',
    parse: (text) => logLevels.find((level) => level === text),
  },
  maxBodyBytes: {
    variable: 'INTERCHANGE_MAX_BODY_BYTES', fallback: '4194304', takes: 'a whole number from 1024 to 1073741824',
    description: 'Largest request body that the API takes. Document imports take up to 64 MiB, the proxy streams without a bound.',
    parse: (text) => wholeNumber(text, 1024, 1_073_741_824),
  },
  eventsRetentionDays: {
    variable: 'INTERCHANGE_EVENTS_RETENTION_DAYS', fallback: '30', takes: 'a whole number from 1 to 3650',
    description: 'How many days events and finished deliveries are kept at most; a tenant may say fewer.',
    parse: (text) => wholeNumber(text, 1, 3650),
  },
  runsRetentionDays: {
    variable: 'INTERCHANGE_RUNS_RETENTION_DAYS', fallback: '30', takes: 'a whole number from 1 to 3650',
    description: 'How many days runs of flows are kept, counted from their begin, once they are over, at most; a tenant may say fewer.',
    parse: (text) => wholeNumber(text, 1, 3650),
  },
  executionsRetentionDays: {
    variable: 'INTERCHANGE_EXECUTIONS_RETENTION_DAYS', fallback: '3650', takes: 'a whole number from 1 to 3650',
    description: 'How many days executions are kept at most, whatever their integrations say; a tenant may say fewer.',
    parse: (text) => wholeNumber(text, 1, 3650),
  },
  otlpEndpoint: {
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT', fallback: '', takes: 'an http or https URL',
    description: 'OpenTelemetry collector that traces are sent to. Empty: no traces.',
    parse: (text) => (text === '' || /^https?:\/\/\S+$/.test(text) ? text || undefined : invalid),
  },
  smtpUrl: {
    variable: 'INTERCHANGE_SMTP_URL', fallback: '', takes: 'an smtp or smtps URL (smtp://user:password@host:587)', secret: true,
    description: 'Mail server for alerts by email, and for invitations. Empty: alerts go to URLs only, and invitations are handed over by whoever made them.',
    parse: (text) => (text === '' || /^smtps?:\/\/\S+$/.test(text) ? text || undefined : invalid),
  },
  smtpFrom: {
    variable: 'INTERCHANGE_SMTP_FROM', fallback: 'interchange@localhost', takes: 'an email address',
    description: 'Sender of the mails.',
    parse: (text) => (/^[^\s@<>]+@[^\s@<>]+$/.test(text) ? text : undefined),
  },
  openIdProviders: {
    variable: 'INTERCHANGE_OPENID_PROVIDERS', fallback: '', secret: true,
    takes: 'a JSON array of objects with `id` (lower-case letters, digits, hyphens), `issuer` (a URL), `clientId`, and where wanted `name`, `clientSecret`, `scope`, `domains`, `join` ({ "tenant", "role" }), `trustEmail`',
    description: 'OpenID Connect providers by which people sign in; [Signing in](sign-in.md) says what each field does. Empty: none.',
    parse: parseProviders,
  },
  sessionIdleHours: {
    variable: 'INTERCHANGE_SESSION_IDLE_HOURS', fallback: '168', takes: 'a whole number from 1 to 8760',
    description: 'Somebody who signed in and did nothing for so many hours is signed out.',
    parse: (text) => wholeNumber(text, 1, 8760),
  },
  sessionMaxDays: {
    variable: 'INTERCHANGE_SESSION_MAX_DAYS', fallback: '30', takes: 'a whole number from 1 to 365',
    description: 'After so many days everybody signs in again.',
    parse: (text) => wholeNumber(text, 1, 365),
  },
}

/** Stands for "not taken" where `undefined` is a value. */
const notTaken: unique symbol = Symbol('not taken')
const invalid = notTaken as unknown as undefined

/** Reads all settings; throws SettingError for the first that is wrong. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const config: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(settings) as [string, Setting<unknown>][]) {
    const text = environment[setting.variable]?.trim() || setting.fallback
    const value = setting.parse(text)
    if (value === undefined && text !== '' || value === notTaken) {
      throw new SettingError(`${setting.variable} is ${setting.secret ? '(hidden)' : JSON.stringify(text)}, but takes ${setting.takes}.`)
    }
    config[key] = value
  }
  return config as unknown as Config
}

/** The rows of docs/configuration.md. */
export function describeSettings(): { variable: string, fallback: string, takes: string, description: string }[] {
  return Object.values(settings).map(({ variable, fallback, takes, description }) => ({
    variable, takes, description, fallback: variable === 'INTERCHANGE_CACHE' ? '' : fallback,
  }))
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && value >= min && value <= max ? value : undefined
}

function list(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '')
}

function parseNetworks(text: string): string[] | undefined {
  const networks = list(text)
  return networks.every(isNetwork) ? networks : undefined
}

/** A program's name or path, without arguments. */
function isCommand(text: string): boolean {
  return /^[\w./@+-]+$/.test(text) && !text.startsWith('-')
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || wholeNumber(bits, 0, family === 4 ? 32 : 128) !== undefined
}

function isPublicUrl(text: string): boolean {
  const { protocol, username, password, search, hash } = URL.parse(text) ?? {}
  return /^https?:$/.test(protocol ?? '') && username === '' && password === '' && search === '' && hash === ''
}

function isRootKey(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text) || Buffer.from(text, 'base64').length === 32 && /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
}
