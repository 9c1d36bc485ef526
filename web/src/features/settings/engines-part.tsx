import { Anchor, Code, Stack, Table, Text } from '@mantine/core'
import { Suspense } from 'react'
import { Facts } from '../../components/facts.tsx'
import { lazily } from '../../components/lazily.ts'
import { Loaded } from '../../components/loading.tsx'
import { Section } from '../../components/section.tsx'
import { Status } from '../../components/status.tsx'
import type { Reply } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatBytes } from '../../lib/format.ts'
import { texts } from './texts.ts'

const Bridges = lazily(async () => (await import('./bridges.tsx')).Bridges)

type About = Reply<'GET', '/api/v1/hub'>

/** What runs here, what is allowed, and which variable of its environment decides. */
export function EnginesPart() {
  const { can } = useTenant()
  const query = useGet('/api/v1/hub')
  return (
    <Loaded query={query}>
      {(about) => (
        <Stack gap="md">
          <Section title={texts.hub} text={texts.hubText}>
            <Facts facts={[
              [texts.version, about.version], ['Node.js', about.node], [texts.publicUrl, about.publicUrl], [texts.databaseOf, about.database.embedded ? texts.embedded : texts.ownDatabase],
              [texts.size, about.database.sizeBytes !== null && formatBytes(about.database.sizeBytes)], [texts.largestBody, formatBytes(about.limits.bodyBytes)],
              [texts.reference, <Anchor key="r" href="/docs" target="_blank" rel="noreferrer noopener" size="sm">{texts.apiReference}</Anchor>],
            ]} />
          </Section>
          <Engines engines={about.engines} />
          {can('events:read') && <Suspense><Bridges /></Suspense>}
        </Stack>
      )}
    </Loaded>
  )
}

function Engines({ engines }: Pick<About, 'engines'>) {
  return (
    <Section title={texts.parts.engines} text={texts.enginesText}>
      <Table fz="sm">
        <Table.Tbody>
          {engines.map(({ id, on, version, setting, detail }) => (
            <Table.Tr key={id}>
              <Table.Td><Text size="sm" fw={550}>{texts.engines[id][0]}</Text><Text size="xs" c="dimmed">{texts.engines[id][1]}</Text>{setting !== null && <Code className="app-anywhere">{setting}</Code>}</Table.Td>
              <Table.Td><Status tone={on ? 'good' : 'idle'}>{on ? texts.on : texts.off}</Status></Table.Td>
              <Table.Td miw={70} className="app-anywhere">{[version, detail?.join(', ')].filter(Boolean).join(' · ')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  )
}
