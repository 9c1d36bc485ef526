import { Status, type Tone } from '../../components/status.tsx'
import type { Row } from '../../hub/queries.ts'
import type { Webhook } from '../../hub/client.ts'
import { texts } from './texts.ts'

export type DeliveryRow = Row<'/api/v1/deliveries'>
type DeliveryStatus = DeliveryRow['status']

const deliveryTones: Record<DeliveryStatus, Tone> = { pending: 'accent', delivered: 'good', failed: 'bad', parked: 'warn' }

export function DeliveryState({ status }: { status: DeliveryStatus }) {
  return <Status tone={deliveryTones[status]}>{texts.deliveryStatuses[status]}</Status>
}

const tones: Record<Webhook['status'], Tone> = { active: 'good', paused: 'idle', failed: 'bad' }

/** Of an endpoint or a source. */
export function State({ status, failingSince = null }: { status: Webhook['status'], failingSince?: string | null }) {
  const isFailing = status === 'active' && failingSince !== null
  return <Status tone={isFailing ? 'warn' : tones[status]}>{isFailing ? texts.failing : texts.statuses[status]}</Status>
}
