import { Button, Stack } from '@mantine/core'
import { Terminal } from 'lucide-react'
import type { Integration } from '../../hub/client.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { ExecutionsList } from '../executions/parts.tsx'
import { texts } from './texts.ts'

export function ExecutionsPart({ integration: { id } }: { integration: Integration }) {
  const path = usePath()
  return <Stack gap="sm"><ExecutionsList integrationId={id} emptyAction={<Button leftSection={<Terminal size={14} />} component={RouteLink} to={path(`integrations/${id}`, { part: 'explore' })}>{texts.run}</Button>} /></Stack>
}
