/** What a call came to, as an agent reads it. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { HubError } from '../../errors.ts'
import { describeFailure } from '../tools/failure.ts'
import type { ToolResult } from '../tools/tool.ts'

/** More than this is read in the record: a context is soon full. */
const LONGEST_TEXT = 100_000

export function uriOf(kind: 'execution' | 'run', id: string): string {
  return `interchange://${kind}s/${id}`
}

/** Undefined for what is no address of ours. */
export function readUri(uri: string): { kind: 'execution' | 'run', id: string } | undefined {
  const [, kind, id] = /^interchange:\/\/(execution|run)s\/([0-9a-f-]{36})$/i.exec(uri) ?? []
  return id === undefined ? undefined : { kind: kind as 'execution' | 'run', id }
}

export function contentOf({ dataJson, execution, run }: ToolResult): CallToolResult {
  const isCut = dataJson.length > LONGEST_TEXT
  const content: CallToolResult['content'] = [{ type: 'text', text: isCut ? `${dataJson.slice(0, LONGEST_TEXT).toWellFormed()} … (cut: ${dataJson.length} characters in all)` : dataJson }]
  const link = (kind: 'execution' | 'run', id: string, description: string): void => { content.push({ type: 'resource_link', uri: uriOf(kind, id), name: `${kind} ${id}`, description, mimeType: 'application/json' }) }
  if (execution !== undefined && isCut) link('execution', execution, 'The whole answer.')
  if (run !== undefined) link('run', run.id, 'The run with its tasks.')
  return { content, ...execution !== undefined && { _meta: { 'interchange/execution': execution } } }
}

/** A failure is an answer too. */
export function failureOf(error: HubError): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ error: describeFailure(error) }) }] }
}
