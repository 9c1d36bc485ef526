import { usePath } from '../../routing/paths.ts'
import { Gallery } from './parts.tsx'

export function MarketplacePage() {
  const path = usePath()
  return <Gallery to={({ connector }) => path(`connectors/${encodeURIComponent(connector)}`)} />
}
