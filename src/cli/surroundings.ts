/** What a run of the command works with, so that it can be run within another program as well as from a shell. */

export interface Output {
  write(text: string): unknown
  isTTY?: boolean
}

/** What `serve`, `worker` and `migrate` do: the hub itself, which the command line knows nothing else of. */
export interface Processes {
  /** Resolves once the hub was asked to stop, and has. */
  runHub(role: 'serve' | 'worker', announce: (text: string) => void): Promise<void>
  /** Names of the migrations that were applied. */
  migrateDatabase(): Promise<string[]>
  /** The link that lets in an owner. */
  makeOwnerLink(): Promise<string>
  /** With `check`, throws where the listing is not up to date instead of writing it. */
  writeSchemaListing(options: { check: boolean }): Promise<void>
}

export interface Surroundings {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: Output
  stderr: Output
  env: Record<string, string | undefined>
  /** Loaded on demand: most commands talk to a hub that runs elsewhere. */
  processes(): Promise<Processes>
  /** Aborted by Ctrl-C or SIGTERM once this was called; until then these end the command at once. */
  interrupted(): AbortSignal
}
