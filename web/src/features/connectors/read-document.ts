import { texts } from './texts.ts'

export interface DocumentPreview { title: string, version: string, server: string | undefined, operations: { method: string, path: string, summary: string }[] }

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'])

/** A look into the document. What is right or wrong with it the hub says, when it is imported. */
export async function readDocument(text: string): Promise<DocumentPreview | { fault: string }> {
  const document = await parse(text)
  if (document === undefined) return { fault: texts.notReadable }
  const { openapi, swagger, info, servers, host, paths } = document as Partial<Record<string, unknown>>
  if (typeof openapi !== 'string' && typeof swagger !== 'string') return { fault: texts.notOpenApi }
  const [server] = Array.isArray(servers) ? servers as { url?: unknown }[] : []
  return {
    title: String((info as { title?: unknown } | undefined)?.title ?? ''), version: String(openapi ?? swagger),
    server: typeof server?.url === 'string' ? server.url : typeof host === 'string' ? host : undefined,
    operations: Object.entries((paths ?? {}) as Record<string, unknown>).flatMap(([path, item]) => Object.entries((item ?? {}) as Record<string, unknown>)
      .filter(([method]) => methods.has(method)).map(([method, operation]) => ({ method, path, summary: String((operation as { summary?: unknown } | null)?.summary ?? '') }))),
  }
}

async function parse(text: string): Promise<object | undefined> {
  try {
    const value: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : (await import('yaml')).parse(text, { maxAliasCount: 100 })
    return value !== null && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
