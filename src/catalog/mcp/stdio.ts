/** An MCP server as a child process, with no environment but what it is given, and ended with all that it started. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { HubError } from '../../errors.ts'
import { endGroup } from '../../lib/process.ts'

export interface StdioServer {
  command: string
  args: string[]
  environment: Record<string, string>
  cwd: string
}

/** Of one message. */
const MAX_BYTES = 16 * 1024 * 1024

export async function createStdioTransport({ command, args, environment, cwd }: StdioServer): Promise<Transport> {
  const { ReadBuffer, serializeMessage } = await import('@modelcontextprotocol/sdk/shared/stdio.js')
  const buffer = new ReadBuffer({ maxBufferSize: MAX_BYTES })
  let child: ChildProcessWithoutNullStreams | undefined
  const transport: Transport = {
    start: () => new Promise((resolve, reject) => {
      const started = spawn(command, args, { env: environment, cwd, detached: true, stdio: 'pipe' })
      child = started
      started.once('spawn', resolve).once('error', (error) => { reject(new HubError('connection_failed', `The MCP server ${command} cannot be started.`, { cause: error, beforeSending: true })) })
      started.once('close', () => { transport.onclose?.() })
      started.stdin.on('error', () => undefined)
      // What it logs is its own, and may hold anything.
      started.stderr.resume()
      started.stdout.on('data', (chunk: Buffer) => {
        try {
          buffer.append(chunk)
          for (let message = buffer.readMessage(); message !== null; message = buffer.readMessage()) transport.onmessage?.(message)
        } catch (error) {
          transport.onerror?.(error as Error)
          endGroup(started)
        }
      })
    }),
    send: (message) => new Promise((resolve) => {
      if (child?.stdin.write(serializeMessage(message)) === false) child.stdin.once('drain', resolve)
      else resolve()
    }),
    close: () => new Promise((resolve) => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
        resolve()
        return
      }
      child.once('close', () => { resolve() })
      child.stdin.end()
      endGroup(child)
    }),
  }
  return transport
}
