import type { FaultDetail } from '../fault.ts'

/** How a run ended, with what may be shown of it. */
export interface RunEnd { status: 'completed' | 'faulted' | 'cancelled', output: unknown, error: FaultDetail | undefined }
