import { Alert, Anchor, Button, Group, ScrollArea, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { Section } from '../../components/section.tsx'
import { Status } from '../../components/status.tsx'
import { useAction } from '../../hub/action.ts'
import type { Connector, Reimport } from '../../hub/client.ts'
import { formatNumber } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { DocumentInput, type Given } from './document-input.tsx'
import { bodyOf } from './request.ts'
import { texts } from './texts.ts'

/** A newer document: first its difference, then, if wanted, in place of the one before. */
export function ReimportPart({ connector: { id, etag } }: { connector: Connector }) {
  const [given, setGiven] = useState<Given>()
  const [found, setFound] = useState<Reimport>()
  const compare = useAction<boolean, Reimport>({
    run: ({ hub }, apply) => hub.post('/api/v1/connectors/{id}/reimport', { path: { id }, query: { apply: apply ? 'true' : 'false' }, body: bodyOf(given!), ...etag !== null && { ifMatch: etag } }),
    changes: ['/api/v1/connectors'],
    done(result) {
      setFound(result.applied ? undefined : result)
      if (result.applied) {
        setGiven(undefined)
        notifyDone(texts.applied)
      }
    },
  })
  const take = (next: Given | undefined): void => {
    setGiven(next)
    setFound(undefined)
  }
  return (
    <Section title={texts.reimport} text={texts.reimportText}>
      <DocumentInput given={given} onChange={take} />
      {compare.isError && <Problem error={compare.error} title={texts.failed} />}
      {found !== undefined && <Difference found={found} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" disabled={given === undefined} loading={compare.isPending && found === undefined} onClick={() => { compare.mutate(false) }}>{texts.compare}</Button>
        {found !== undefined && found.changes.length > 0 && <Button color={found.breaking ? 'red' : 'indigo'} loading={compare.isPending} onClick={() => { compare.mutate(true) }}>{texts.apply}</Button>}
      </Group>
    </Section>
  )
}

const SHOWN = 60

function Difference({ found: { changes, breaking, integrations } }: { found: Reimport }) {
  const path = usePath()
  const [isWhole, setWhole] = useState(false)
  if (changes.length === 0) return <Text size="sm">{texts.noDifference}</Text>
  // What may stop working is what has to be read.
  const sorted = changes.toSorted((one, other) => Number(other.breaking) - Number(one.breaking))
  const breaks = changes.filter((each) => each.breaking).length
  return (
    <Stack gap="sm">
      {breaking && <Alert color="red" variant="outline" title={texts.breakingTitle} className="app-problem" />}
      {integrations.length > 0 && (
        <Stack gap={4}>
          <Text size="sm" fw={600}>{texts.affected}</Text>
          {integrations.map(({ id, name, uses }) => <Text key={id} size="sm"><Anchor component={RouteLink} to={path(`integrations/${id}`)} size="sm" dir="auto">{name}</Anchor> {uses.length > 0 && texts.uses(uses.join(', '))}</Text>)}
        </Stack>
      )}
      <Text size="sm" fw={600}>{texts.countOf(breaks, formatNumber(breaks), changes.length - breaks, formatNumber(changes.length - breaks))}</Text>
      <ScrollArea.Autosize mah={420} className="app-table-box" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': texts.differences }}>
        <Table fz="sm">
          <Table.Tbody>
            {sorted.slice(0, isWhole ? undefined : SHOWN).map(({ text, breaking: isBreaking, operation }) => (
              <Table.Tr key={`${operation} ${text}`}><Table.Td w={110}><Status tone={isBreaking ? 'bad' : 'good'}>{isBreaking ? texts.breaking : texts.harmless}</Status></Table.Td><Table.Td className="app-anywhere">{text}</Table.Td></Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {!isWhole && changes.length > SHOWN && <Group justify="center" p="xs"><Button variant="default" onClick={() => { setWhole(true) }}>{texts.showAll(formatNumber(changes.length))}</Button></Group>}
      </ScrollArea.Autosize>
    </Stack>
  )
}
