/** What is waited for has half a minute where a test says nothing else: a second, Vitest's own, is short on a machine that is busy. */
import { vi } from 'vitest'

const PATIENCE_MS = 30_000
const { waitFor } = vi
vi.waitFor = (work, options) => waitFor(work, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options })
