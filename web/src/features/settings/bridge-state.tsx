import { Status, type Tone } from '../../components/status.tsx'
import type { PulsarBridge } from '../../hub/client.ts'
import { texts } from './texts.ts'

const tones: Record<PulsarBridge['connection'], Tone> = { connected: 'good', connecting: 'accent', error: 'bad', waiting: 'idle', paused: 'idle' }

export function BridgeState({ bridge: { connection, lastError } }: { bridge: PulsarBridge }) {
  return <Status tone={tones[connection]} {...lastError !== null && { title: lastError }}>{texts.bridgeStates[connection]}</Status>
}
