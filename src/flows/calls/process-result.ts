/** `run.return`: what of a process becomes the output. */
import { z } from 'zod'
import type { ProgramResult } from '../../lib/process.ts'

/** The engine hands over `run.return` beside what stands under `run.<kind>`. */
export const returned = z.enum(['stdout', 'stderr', 'code', 'all', 'none']).default('stdout')

export function outputOf({ code, stdout, stderr }: ProgramResult, wanted: z.output<typeof returned>): unknown {
  switch (wanted) {
    case 'stdout': return stdout
    case 'stderr': return stderr
    case 'code': return code
    case 'all': return { code, stdout, stderr }
    case 'none': return null
  }
}
