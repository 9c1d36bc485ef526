/** Secrets, from where neither the shell's history nor the list of processes keeps them. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UsageError } from './failure.ts'
import { empty, parseAssignment, put, readJson, readSource, type Assignment } from './input.ts'
import type { Surroundings } from './surroundings.ts'

/** For help texts. */
export const credentialHelp = `
A credential is given as name=…, where … is
  -            asked for without showing it, or read from standard input (several: a line each)
  @file        the content of a file
  env:NAME     the environment variable NAME
  anything     itself; the shell's history then keeps it
name.part=… sets a part of a credential (basic.username=me), name:=JSON takes JSON.`

/** Credentials by name. */
export async function readCredentials(surroundings: Surroundings, assignments: string[]): Promise<Record<string, unknown>> {
  const parsed = assignments.map(parseAssignment)
  const typed = await readTyped(surroundings, parsed.filter(isTyped))
  const credentials = empty()
  for (const assignment of parsed) put(credentials, assignment.path, typed.get(assignment) ?? await valueOf(surroundings, assignment))
  return credentials
}

/** One secret, in the same forms. */
export async function readSecret(surroundings: Surroundings, text: string): Promise<string> {
  return (await readCredentials(surroundings, [`secret=${text}`]))['secret'] as string
}

function isTyped({ kind, text }: Assignment): boolean {
  return kind === '=' && text === '-'
}

/** Whether standard input is wanted for a credential, and thus is free for nothing else. */
export function readsStandardInput(assignments: string[]): boolean {
  return assignments.map(parseAssignment).some(isTyped)
}

async function valueOf(surroundings: Surroundings, { name, kind, text }: Assignment): Promise<unknown> {
  if (kind === ':=') return readJson(text, name)
  if (text.startsWith('@')) return withoutLineEnd((await readSource(surroundings, text.slice(1))).toString('utf8'))
  if (!text.startsWith('env:')) return text
  const variable = text.slice('env:'.length)
  const value = surroundings.env[variable]
  if (value === undefined || value === '') throw new UsageError(`${name}: the environment variable ${variable} is not set.`)
  return value
}

async function readTyped(surroundings: Surroundings, wanted: Assignment[]): Promise<Map<Assignment, string>> {
  if (wanted.length === 0) return new Map()
  const values: string[] = []
  if (surroundings.stdin.isTTY) for (const { name } of wanted) values.push(await ask(surroundings, name))
  else {
    const text = withoutLineEnd((await readSource(surroundings, '-')).toString('utf8'))
    // One value may have several lines, such as a private key.
    values.push(...wanted.length === 1 ? [text] : text.split(/\r?\n/))
  }
  const missing = wanted.find((_, index) => !values[index])
  if (missing !== undefined) throw new UsageError(`${missing.name}: nothing was given on standard input.`)
  return new Map(wanted.map((assignment, index) => [assignment, values[index]!]))
}

async function ask({ stdin, stderr }: Surroundings, name: string): Promise<string> {
  stderr.write(`${name}: `)
  const unseen = new Writable({ write(_chunk, _encoding, done) { done() } })
  const reader = createInterface({ input: stdin, output: unseen, terminal: true })
  try {
    return await new Promise((resolve, reject) => {
      reader.once('line', resolve)
      reader.once('close', () => { reject(new Error('Given up.')) })
      reader.once('SIGINT', () => { reader.close() })
    })
  } finally {
    reader.close()
    stderr.write('\n')
  }
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '')
}
