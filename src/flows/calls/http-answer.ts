/** What an HTTP answer becomes as a task's output, or the fault that it is. */
import { readBody } from '../../lib/http/body.ts'
import { contentTypeOf, filenameOf, holdsText, parseText, readError, sentenceOf } from '../../lib/http/content.ts'
import { headerValue } from '../../lib/http/headers.ts'
import type { HttpResponse } from '../../lib/http/http.ts'
import type { EffectContext } from '../effect.ts'
import { fault, type FlowFault } from '../fault.ts'
import type { CallDeps } from './deps.ts'
import type { Sent } from './sending.ts'

/** Text and JSON, and what is given in base64, is taken into memory up to here. */
const MAX_MEMORY_BYTES = 16 * 1024 * 1024
const MAX_BLOB_BYTES = 1024 * 1024 * 1024
/** A larger binary answer goes to the blob store, and a reference stands for it. */
const MAX_BASE64_BYTES = 64 * 1024

export interface AnswerOptions {
  output: 'raw' | 'content' | 'response'
  /** A 3xx is no error. */
  redirect: boolean
  expectJson?: boolean
}

/** Throws FlowFault `communication` with the status for those outside of 200–299, or 200–399 with `redirect`. */
export async function readAnswer({ blobs }: Pick<CallDeps, 'blobs'>, { response, request }: Sent, { output, redirect, expectJson = false }: AnswerOptions, context: EffectContext): Promise<unknown> {
  const { status } = response
  if (status < 200 || status >= (redirect ? 400 : 300)) throw await refusal(response)
  if (output === 'raw') return (await readBody(response, { maxBytes: MAX_MEMORY_BYTES })).toString('base64')
  // The headers of a redirect's target are no part of what the server promised.
  const content = await readContent(blobs, response, expectJson && status < 300, context)
  if (output === 'content') return content
  return { request: { ...request, headers: shownHeaders(request.headers) }, statusCode: status, headers: shownHeaders(response.headers), content }
}

async function readContent(blobs: CallDeps['blobs'], response: HttpResponse, expectJson: boolean, { tenantId, signal }: EffectContext): Promise<unknown> {
  const type = contentTypeOf(response)
  if (response.status === 204 || response.headers['content-length'] === '0') {
    response.body.resume()
    return null
  }
  if (expectJson || holdsText(response) || type === '') {
    return parseText((await readBody(response, { maxBytes: MAX_MEMORY_BYTES, signal })).toString('utf8'), type, expectJson)
  }
  if (Number(headerValue(response.headers, 'content-length') ?? Infinity) <= MAX_BASE64_BYTES) return (await readBody(response, { maxBytes: MAX_BASE64_BYTES, signal })).toString('base64')
  return blobs.write(tenantId, response.body, { contentType: type, maxBytes: MAX_BLOB_BYTES, ...filenameOf(response) })
}

async function refusal(response: HttpResponse): Promise<FlowFault> {
  const { status } = response
  const host = URL.parse(response.url)?.host ?? 'The service'
  const said = status >= 300 && status < 400 ? '. Redirects are errors unless `redirect` is true.' : sentenceOf(await readError(response))
  if (status < 400) response.body.on('error', () => undefined).destroy()
  return fault('communication', `${host} answered ${status}${said}`, { status })
}

/** Of an answer that has several of a name, all of them. Credentials aren't shown. */
function shownHeaders(headers: HttpResponse['headers']): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).filter((name) => !/^(proxy-)?authorization$|^set-cookie$|^cookie$/i.test(name)).map((name) => [name, [headers[name]!].flat().join(', ')]))
}
