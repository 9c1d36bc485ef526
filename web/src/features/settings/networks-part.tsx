import { Code, List, Stack, Text } from '@mantine/core'
import { CopyButton } from '../../components/copy-button.tsx'
import { Loaded } from '../../components/loading.tsx'
import { Section } from '../../components/section.tsx'
import { useGet } from '../../hub/queries.ts'
import { texts } from './texts.ts'

/** Where calls of this hub may go. The operator's setting: it is read here, and changed in the environment. */
export function NetworksPart() {
  const query = useGet('/api/v1/hub')
  return (
    <Section title={texts.parts.networks} text={texts.networksText}>
      <Loaded query={query} height={80}>
        {({ allowedNetworks }) => (
          <Stack gap="sm">
            {allowedNetworks === null && <Text size="sm">{texts.networksOfOperator}</Text>}
            {allowedNetworks?.length === 0 && <Text size="sm">{texts.publicOnly}</Text>}
            {allowedNetworks !== null && allowedNetworks.length > 0 && <><Text size="sm">{texts.besides}</Text><List size="sm">{allowedNetworks.map((network) => <List.Item key={network}><Code>{network}</Code></List.Item>)}</List></>}
            {allowedNetworks !== null && <HowToChange networks={allowedNetworks} />}
          </Stack>
        )}
      </Loaded>
    </Section>
  )
}

function HowToChange({ networks }: { networks: string[] }) {
  const line = `INTERCHANGE_ALLOW_NETWORKS=${[...networks, '10.1.0.0/16'].join(',')}`
  return (
    <div>
      <Text size="sm" c="dimmed" mb={6}>{texts.networksChange}</Text>
      <div className="app-over app-code"><div className="app-over-action"><CopyButton value={line} /></div><pre className="app-pre" tabIndex={0} aria-label={texts.networksChange}>{line}</pre></div>
    </div>
  )
}
