/** Vendors' own documents, as somebody uses them who has the document, a key and a browser: imported, connected, tried. Each vendor is a mock server made from the document, which refuses requests that don't fit it. */
import { spawnSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import petstore from '@readme/oas-examples/2.0/json/petstore.json' with { type: 'json' }
import type { Locator, Page } from 'playwright-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { readDocument } from '../../src/catalog/directory/read-document.ts'
import { startPrism, type PrismServer } from '../../src/catalog/openapi/test/prism.ts'
import { CannotSample, sample } from '../../src/catalog/openapi/test/sample.ts'
import { readAssignments } from '../../src/cli/input.ts'
import type { Operation, OperationSummary } from '../src/hub/client.ts'
import { json, startUpstream } from '../../test/upstream.ts'
import { test, useDashboard, type Visitor } from './browser.ts'
import { fill } from './fill-form.ts'

type Json = Record<string, unknown>

interface Vendor {
  name: string
  document(): Promise<Json>
  /** How it comes into the page. */
  by: 'url' | 'drop' | 'paste'
  /** Field of the credential → what is typed. */
  credential: Record<string, string>
  secret: string
  tried: number
}

const secret = 'canary-secret-of-the-vendor'
const directory = (id: string) => async (): Promise<Json> => JSON.parse((await readDocument(id)).toString()) as Json

const vendors: Vendor[] = [
  // 6 MB, 845 operations, a token that the document forgets to mention.
  { name: 'GitHub', document: directory('github.com:api.github.com'), by: 'url', credential: { 'Bearer token': secret }, secret, tried: 5 },
  // OAuth or a user name with a password; discriminators, files, values of any form.
  { name: 'Jira', document: directory('atlassian.com:jira'), by: 'drop', credential: { 'User name': 'ada', Password: secret }, secret: Buffer.from(`ada:${secret}`).toString('base64'), tried: 6 },
  // Swagger 2.0: forms, an upload, lists in the query, bodies as JSON or XML.
  { name: 'Petstore', document: async () => petstore, by: 'paste', credential: { 'API key (header api_key)': secret, 'Access token (petstore_auth)': secret }, secret, tried: 7 },
]

const dashboard = useDashboard()

test.each(vendors.map((each) => [each.name, each] as const))('%s: from its document to calls that it takes', async (_name, vendor) => {
  const document = await vendor.document()
  const prism = await startPrism(structuredClone(withoutPath(document)))
  try {
    const visitor = await dashboard.visitor()
    const connector = await bringIn(visitor, vendor, servedAt(document, prism))
    const integration = await connect(visitor, vendor)
    const operations = await chosen(connector, document, vendor.tried)
    expect(operations.length).toBe(vendor.tried)
    const refused: string[] = []
    for (const each of operations) {
      const refusal = await tryOut(visitor.page, vendor, prism, integration, each)
      if (refusal !== undefined) refused.push(`${each.operation.id} ${JSON.stringify(each.input)}: ${refusal}`)
    }
    expect(refused).toEqual([])
    await keep(visitor.page, operations.at(-1)!)
    expect(visitor.complaints).toEqual([])
  } finally {
    await prism.close()
  }
}, 240_000)

/** The mock server knows paths from its root on, and takes it for no media type at all where Swagger says none. */
function withoutPath({ basePath: _path, ...document }: Json): Json {
  return 'swagger' in document ? { consumes: ['application/json'], ...document } : document
}

function servedAt(document: Json, { url }: PrismServer): Json {
  return 'swagger' in document ? { ...withoutPath(document), host: new URL(url).host, schemes: ['http'] } : { ...document, servers: [{ url }] }
}

/** Gives the connector's id. */
async function bringIn({ page, visit }: Visitor, { by }: Vendor, document: Json): Promise<string> {
  const text = JSON.stringify(document)
  await visit('connectors/import', 'Import an OpenAPI document')
  const server = await startUpstream()
  if (by === 'url') {
    server.answer((_request, response) => { json(response, 200, document) })
    await page.getByLabel('Or its URL').fill(`${server.url}/openapi.json`)
  } else if (by === 'paste') await page.getByLabel('Or paste it').fill(text)
  else {
    const dataTransfer = await page.evaluateHandle((content) => {
      const dropped = new DataTransfer()
      dropped.items.add(new File([content], 'openapi.json', { type: 'application/json' }))
      return dropped
    }, text)
    await page.locator('.app-drop').dispatchEvent('drop', { dataTransfer })
  }
  const { title } = document['info'] as { title: string }
  const preview = page.getByRole('region', { name: 'Preview' })
  await preview.getByText(title).waitFor()
  await preview.getByText(/^(OpenAPI|Swagger) [\d.]+, [\d,]+ operations/).waitFor()
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByRole('link', { name: 'Configure' }).waitFor()
  await server.close()
  return decodeURIComponent(/connectors\/([^/?]+)/.exec(page.url())![1]!)
}

/** By the wizard; gives the integration's id. */
async function connect({ page }: Visitor, { name, credential }: Vendor): Promise<string> {
  await page.getByRole('link', { name: 'Configure' }).click()
  await page.getByRole('button', { name: 'Continue' }).waitFor()
  // Keys and passwords are the second way where an account can be connected.
  const [field] = Object.keys(credential)
  const folded = page.locator('main details:not([open]) > summary')
  await expect.poll(async () => {
    if (!await labelled(page, field!).isVisible() && await folded.count() > 0) await folded.first().click()
    return labelled(page, field!).isVisible()
  }).toBe(true)
  for (const [label, value] of Object.entries(credential)) await labelled(page, label).fill(value)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Test and connect' }).click()
  await page.getByText(`${name} is connected`).waitFor()
  await page.getByRole('link', { name: 'Try an operation' }).click()
  await page.getByRole('searchbox', { name: 'Search operations' }).waitFor()
  return /integrations\/([^/?]+)/.exec(page.url())![1]!
}

/** What is needed has a mark for the eyes behind its name. */
function labelled(page: Page, name: string): Locator {
  return page.getByLabel(new RegExp(`^${name.replaceAll(/[()]/g, String.raw`\$&`)}( \\*)?$`))
}

interface Tried { operation: Operation, method: string, input: Json }

/** Each shows something that those before it did not, as long as there is such a one; then others, spread over the document. */
async function chosen(connector: string, document: Json, wanted: number): Promise<Tried[]> {
  const found: (Tried & { shows: Set<string> })[] = []
  for (const summary of spread(await listed(connector))) {
    if (!answersWell(document, summary)) continue
    const operation = (await dashboard.hub.call<Operation>('GET', `/api/v1/connectors/${connector}/operations/${encodeURIComponent(summary.id)}`)).body
    const input = sampled(operation)
    if (input !== undefined) found.push({ operation, method: summary.method!, input, shows: new Set(featuresOf(operation.input, operation.input)) })
  }
  const seen = new Set<string>()
  const first = found.filter(({ shows }) => {
    const isNew = [...shows].some((each) => !seen.has(each))
    for (const each of shows) seen.add(each)
    return isNew
  })
  return [...first, ...found.filter((each) => !first.includes(each))].slice(0, wanted)
}

async function listed(connector: string): Promise<OperationSummary[]> {
  const all: OperationSummary[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: { body: { data: OperationSummary[], nextCursor: string | null } } = await dashboard.hub.call('GET', `/api/v1/connectors/${connector}/operations?limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
    all.push(...body.data)
    cursor = body.nextCursor
  }
  return all
}

/** At most some sixty, what changes something first. */
function spread(operations: OperationSummary[]): OperationSummary[] {
  const step = Math.max(1, Math.floor(operations.length / 60))
  const some = operations.filter((_, at) => at % step === 0)
  return [...some.filter(({ method }) => method !== 'GET'), ...some.filter(({ method }) => method === 'GET')]
}

/** Where only failures are described, the mock server answers with one of those. */
function answersWell(document: Json, { method, path }: OperationSummary): boolean {
  const operation = (document['paths'] as Record<string, Record<string, { responses?: object }>>)[path!]?.[method!.toLowerCase()]
  return Object.keys(operation?.responses ?? {}).some((status) => /^2|default/.test(status))
}

/** Undefined where no example of a few fields is found, or where nothing would fit the document at all. */
function sampled({ id, input }: Operation): Json | undefined {
  // A text would do for a file, too.
  if (id === 'uploadFile') return { petId: 7, body: { additionalMetadata: 'from the side', file: { filename: 'cat.png', contentType: 'image/png', data: Buffer.from([137, 80, 78, 71]).toString('base64') } } }
  try {
    const made = sample(input, input, { optional: 3, levels: 2 })
    const short = withoutEmpty(made) as Json
    if (leaves(short) === 0 || leaves(short) > 14) return undefined
    return new Ajv2020({ strict: false, validateFormats: false, unicodeRegExp: false, logger: false }).validate(input, made) ? short : undefined
  } catch (error) {
    if (error instanceof CannotSample) return undefined
    throw error
  }
}

/** Nobody leaves an empty object in a form. */
function withoutEmpty(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(withoutEmpty)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutEmpty(each)] as const).filter(([, each]) => each === null || typeof each !== 'object' || Object.keys(each).length > 0))
}

function leaves(value: unknown): number {
  return value === null || typeof value !== 'object' ? 1 : Object.values(value).reduce((sum: number, each) => sum + leaves(each), 0)
}

/** What a form has to be able to draw. */
function featuresOf(schema: Json, whole: Json, depth = 0): string[] {
  if (typeof schema['$ref'] === 'string') return depth > 6 ? [] : featuresOf((whole['$defs'] as Record<string, Json>)[schema['$ref'].slice('#/$defs/'.length)]!, whole, depth + 1)
  const { type, properties = {}, items, anyOf, oneOf, enum: values, format, additionalProperties } = schema as { type?: unknown, properties?: Record<string, Json>, items?: Json, anyOf?: Json[], oneOf?: Json[], enum?: unknown, format?: string, additionalProperties?: unknown }
  const options = [...anyOf ?? [], ...oneOf ?? []]
  const own = [
    ...depth > 1 && Object.keys(properties).length > 0 ? ['object in an object'] : [], ...items === undefined ? [] : [items['properties'] === undefined && items['$ref'] === undefined ? 'list' : 'list of objects'], ...values === undefined ? [] : ['choice'],
    ...options.length === 0 ? [] : [options.some((each) => (each['properties'] as Json | undefined)?.['$blob'] !== undefined) ? 'file' : 'union'], ...format === undefined ? [] : [format], ...typeof additionalProperties === 'object' ? ['map'] : [], ...typeof type === 'string' ? [type] : Object.keys(schema).length === 0 ? ['anything'] : [],
  ]
  if (depth > 4) return own
  return [...own, ...Object.values(properties).flatMap((each) => (typeof each === 'object' ? featuresOf(each, whole, depth + 1) : [])), ...items === undefined ? [] : featuresOf(items, whole, depth + 1), ...options.flatMap((each) => featuresOf(each, whole, depth + 1))]
}

/** What is wrong with what the form made, or what the vendor said against it. */
async function tryOut(page: Page, { secret: canary }: Vendor, prism: PrismServer, integration: string, { operation: { id }, method, input }: Tried): Promise<string | undefined> {
  await page.getByRole('searchbox', { name: 'Search operations' }).fill(id)
  await page.getByRole('region', { name: 'Operations' }).getByRole('button').filter({ has: page.getByText(id, { exact: true }) }).click()
  await page.getByRole('heading', { name: id, exact: true }).waitFor()
  await page.locator('[id="field"]').waitFor()
  try {
    for (const [name, value] of Object.entries(input)) await fill(page, `field_${name}`, value)
  } catch (error) {
    return (error as Error).message
  }
  await page.getByText('Code', { exact: true }).click()
  const written = await snippetsOf(page)
  for (const [language, made] of Object.entries(written)) if (!isDeepStrictEqual({ ...made, input: withoutEmpty(made.input) }, { integration, operation: id, input })) return `${language} says ${JSON.stringify(made)}`
  await page.getByRole('button', { name: 'Send' }).click()
  const answer = page.getByRole('region', { name: 'Answer' })
  await answer.getByRole('link', { name: 'Open the execution' }).or(answer.getByRole('alert')).first().waitFor()
  if (await answer.getByRole('alert').count() > 0) return answer.innerText()
  await answer.getByText('Request as it was sent').click()
  await answer.getByText(`${method} ${prism.url}/`).waitFor()
  expect(await page.content(), id).not.toContain(canary)
  return undefined
}

interface Call { integration: string, operation: string, input: unknown }

/** What a shell, or TypeScript, makes of the code that is shown. */
async function snippetsOf(page: Page): Promise<Record<string, Call>> {
  const shown = async (language: string): Promise<string> => {
    await page.getByRole('radiogroup', { name: 'Code' }).getByText(language, { exact: true }).click()
    return (await page.locator(`pre[aria-label="${language}"]`).textContent())!
  }
  const curl = argumentsOf('curl', await shown('curl'))
  const typescript = await shown('TypeScript')
  const cli = argumentsOf('interchange', await shown('CLI'))
  const [, id] = /integrations\/([^/]+)\/run/.exec(curl[0]!)!
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
  return {
    curl: { integration: id!, ...JSON.parse(curl.at(-1)!) as Omit<Call, 'integration'> },
    typescript: { integration: /path: \{ id: '([^']+)' \}/.exec(typescript)![1]!, ...JSON.parse(/body: (\{[^]*\}),\n\}\)/.exec(typescript)![1]!) as Omit<Call, 'integration'> },
    // It names the integration as people do.
    cli: { integration: id!, operation: cli[2]!, input: plain(readAssignments(cli.slice(3))) },
  }
}

/** A shell splits it; the command itself does nothing but tell what it was given. */
function argumentsOf(command: string, line: string): string[] {
  const { stdout, stderr } = spawnSync('sh', ['-c', `${command}() { printf '%s\\0' "$@"; }\n${line}`], { encoding: 'utf8', env: {} })
  expect(stderr).toBe('')
  return stdout.split('\0').slice(0, -1)
}

async function keep(page: Page, { operation: { id } }: Tried): Promise<void> {
  await page.getByRole('button', { name: 'Save as example' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save as example' })
  await dialog.getByLabel('Name').fill('As it was tried')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('group', { name: 'Examples' }).getByText('As it was tried').waitFor()
  await page.getByRole('link', { name: 'Open the execution' }).click()
  await page.getByRole('heading', { level: 1, name: id }).waitFor()
}
