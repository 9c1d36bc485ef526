import { Drawer, Stack, Table, Text } from '@mantine/core'
import { Ago } from '../../components/ago.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loaded } from '../../components/loading.tsx'
import { Status } from '../../components/status.tsx'
import type { PulsarBridge } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { formatNumber, NONE } from '../../lib/format.ts'
import { BridgeForm } from './bridge-form.tsx'
import { BridgeState } from './bridge-state.tsx'
import { texts } from './texts.ts'

/** How a bridge fares, and what it is told to do. Without an id: a new one. */
export function BridgeDrawer({ id, onClose }: { id: string | undefined, onClose(): void }) {
  const query = useGet('/api/v1/pulsar-bridges/{id}', { path: { id: id ?? '' } }, { enabled: id !== undefined, refetchInterval: 5000 })
  return (
    <Drawer opened onClose={onClose} title={id === undefined ? texts.newBridge : query.data?.name ?? texts.bridge} size="lg">
      {id === undefined ? <BridgeForm bridge={undefined} onMade={onClose} /> : <Loaded query={query}>{(bridge) => <Stack gap="md"><Course bridge={bridge} /><BridgeForm bridge={bridge} onMade={onClose} /></Stack>}</Loaded>}
    </Drawer>
  )
}

function Course({ bridge }: { bridge: PulsarBridge }) {
  const { links, figures, lastError, lastErrorAt, lastConsumedAt, lastProducedAt } = bridge
  return (
    <Stack gap="sm" role="group" aria-label={texts.course}>
      <Facts facts={[
        [texts.state, <BridgeState key="s" bridge={bridge} />],
        [texts.lastError, lastError !== null && <span key="e" className="app-anywhere">{lastError} (<Ago time={lastErrorAt} />)</span>],
        ...Object.entries(texts.bridgeFigures).map(([name, label]): [string, string] => [label, formatNumber(figures[name as keyof typeof figures])]),
        [texts.lastConsumed, <Ago key="c" time={lastConsumedAt} none={NONE} />], [texts.lastProduced, <Ago key="p" time={lastProducedAt} none={NONE} />],
      ]} />
      {links.length > 0 && (
        <Table fz="sm" aria-label={texts.links}>
          <Table.Thead><Table.Tr><Table.Th>{texts.topic}</Table.Th><Table.Th>{texts.direction}</Table.Th><Table.Th>{texts.state}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {links.map(({ direction, topic, connected, error }) => (
              <Table.Tr key={`${direction} ${topic}`}>
                <Table.Td className="app-anywhere"><code>{topic}</code></Table.Td><Table.Td>{texts.directions[direction]}</Table.Td>
                <Table.Td><Status tone={connected ? 'good' : error === null ? 'idle' : 'bad'}>{connected ? texts.bridgeStates.connected : error === null ? texts.bridgeStates.connecting : texts.bridgeStates.error}</Status>{error !== null && <Text size="xs" c="dimmed" className="app-anywhere">{error}</Text>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  )
}
