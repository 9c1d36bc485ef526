import { Stack } from '@mantine/core'
import { usePath } from '../../routing/paths.ts'
import { Coming } from './coming.tsx'
import { Gallery } from './parts.tsx'

export function MarketplacePage() {
  const path = usePath()
  return <Stack gap="lg"><Gallery to={({ connector }) => path(`connectors/${encodeURIComponent(connector)}`)} /><Coming /></Stack>
}
