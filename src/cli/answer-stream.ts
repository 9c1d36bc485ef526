/** What an operation answers, printed as it comes. */
import type { Client, RawOptions } from '../client/client.ts'
import { ApiError } from '../client/errors.ts'
import type { Problem } from '../client/types.ts'
import { readEvents } from '../lib/http/server-sent-events.ts'
import { printJson } from './output.ts'
import type { Surroundings } from './surroundings.ts'

/** Throws ApiError for what failed before the first part. */
export function openStream(client: Client, call: RawOptions, signal: AbortSignal): Promise<Response> {
  return client.raw('POST', '/api/v1/integrations/{id}/run', { ...call, headers: { accept: 'text/event-stream' }, signal })
}

interface Result { data: unknown, execution: { id: string, metrics: { latency: number } } }

/** Text as it is, and below it the tools that were asked for; the whole answer where it told no part. Throws ApiError for what failed on the way. */
export async function printStream(surroundings: Surroundings, response: Response, { isJson, timing }: { isJson: boolean, timing: boolean }): Promise<void> {
  const { stdout, stderr } = surroundings
  let printed = ''
  let isOver = false
  for await (const { name, data: text } of readEvents(response.body!)) {
    if (text === '') continue
    const data = JSON.parse(text) as unknown
    if (name === 'error') {
      if (printed !== '') stdout.write('\n')
      throw new ApiError((data as Problem).status, data as Problem, null)
    }
    isOver = name === 'result'
    if (isJson) stdout.write(`${JSON.stringify({ event: name, data })}\n`)
    else if (name === 'part') {
      const piece = textOf(data)
      stdout.write(piece)
      printed ||= piece
    } else if (isOver) printEnd(surroundings, data as Result, printed)
    if (isOver && timing) stderr.write(`${(data as Result).execution.metrics.latency} ms, execution ${(data as Result).execution.id}\n`)
  }
  if (!isOver) throw new Error('The hub broke off the answer.')
}

function textOf(part: unknown): string {
  const { type, text } = part as { type: string, text?: unknown }
  return type === 'text' && typeof text === 'string' ? text : ''
}

function printEnd(surroundings: Surroundings, { data }: Result, printed: string): void {
  const { toolCalls = [] } = (data ?? {}) as { toolCalls?: unknown[] }
  if (printed === '' && toolCalls.length === 0) return printJson(surroundings, data)
  if (printed !== '') surroundings.stdout.write('\n')
  if (toolCalls.length > 0) printJson(surroundings, { toolCalls })
}
