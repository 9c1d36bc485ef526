/** What calls stand on. */
import type { Blobs } from '../../blobs/blobs.ts'
import type { AddressGuard } from '../../lib/http/address-guard.ts'
import type { HttpClient } from '../../lib/http/http.ts'
import type { Authentication } from './authentication/resolve.ts'

/** What the operator allows beyond calls over the network. */
export interface Allowances {
  /** `run: shell`, with the rights of the hub's own process. */
  shell: boolean
  /** Runs containers, by an argument vector: `docker`, `podman` or a path. */
  containerCommand: string | undefined
  /** Runs scripts in Python, with the rights of the hub's own process. */
  pythonCommand: string | undefined
  /** Commands that MCP servers may be started by. */
  stdioCommands: readonly string[]
}

export interface CallDeps {
  http: HttpClient
  guard: AddressGuard
  blobs: Pick<Blobs, 'write' | 'read'>
  authentication: Authentication
  now(): number
}
