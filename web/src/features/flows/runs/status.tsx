import { Status, type Tone } from '../../../components/status.tsx'
import type { Run } from '../../../hub/client.ts'
import { texts } from '../texts.ts'

export type RunState = Run['status']

export const runTone: Record<RunState, Tone> = { pending: 'idle', running: 'accent', waiting: 'warn', suspended: 'warn', cancelled: 'idle', faulted: 'bad', completed: 'good' }

export function RunStatus({ status }: { status: RunState }) {
  return <Status tone={runTone[status]}>{texts.statuses[status]}</Status>
}

export const isOver = (status: RunState): boolean => status === 'completed' || status === 'faulted' || status === 'cancelled'
