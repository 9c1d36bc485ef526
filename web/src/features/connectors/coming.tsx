import { Card, SimpleGrid, Text } from '@mantine/core'
import { Section } from '../../components/section.tsx'
import { Status } from '../../components/status.tsx'
import { texts } from './texts.ts'

/** Where connectors come from besides documents and the hub itself. */
export function Coming() {
  return (
    <Section title={texts.comingTitle} text={texts.comingText}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
        {texts.coming.map(({ name, text }) => <Card key={name} padding="sm"><Text size="sm" fw={600}>{name}</Text><Text size="xs" c="dimmed" style={{ flex: 1 }}>{text}</Text><Status tone="idle" size="sm" style={{ marginTop: 6 }}>{texts.comingState}</Status></Card>)}
      </SimpleGrid>
    </Section>
  )
}
