import { Stack, Text } from '@mantine/core'
import { Loaded } from '../../components/loading.tsx'
import { Section } from '../../components/section.tsx'
import { ValueView } from '../../components/code/value-view.tsx'
import type { Connector } from '../../hub/client.ts'
import { useGet } from '../../hub/queries.ts'
import { texts } from './texts.ts'

export function EventsPart({ connector: { id } }: { connector: Connector }) {
  const query = useGet('/api/v1/connectors/{id}/events', { path: { id } })
  return (
    <Section title={texts.eventsTitle}>
      <Loaded query={query}>
        {({ data }) => (data.length === 0 ? <Text size="sm" c="dimmed">{texts.noEvents}</Text> : (
          <Stack gap="xs">
            {data.map(({ eventType, description, schema }) => (
              <details key={eventType}>
                <summary><Text span size="sm" fw={550}>{eventType}</Text> <Text span size="sm" c="dimmed">{description}</Text></summary>
                {schema !== undefined && <ValueView value={schema} label={eventType} />}
              </details>
            ))}
          </Stack>
        ))}
      </Loaded>
    </Section>
  )
}
