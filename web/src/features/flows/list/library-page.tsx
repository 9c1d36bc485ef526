import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { Download, SearchX } from 'lucide-react'
import { Empty } from '../../../components/empty.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { Page } from '../../../components/page.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { texts as common } from '../../../components/texts.ts'
import type { LibraryFlow } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { flowPath } from '../paths.ts'
import { texts } from '../texts.ts'
import { InstallDrawer } from './install-drawer.tsx'

export function LibraryPage() {
  const path = usePath()
  const [{ q, install }, setUrl] = useUrl<'q' | 'install'>()
  const query = useGet('/api/v1/flows/library', undefined, { staleTime: Infinity })
  const chosen = query.data?.data.find(({ id }) => id === install)
  const close = (): void => { setUrl({ install: undefined }) }
  return (
    <Page title={texts.library} subtitle={texts.libraryText} crumbs={[{ label: texts.hub, to: path('integrations') }, { label: texts.flows, to: path('flows') }]}>
      <SearchInput label={texts.librarySearch} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 320 }} />
      <Loaded query={query}>
        {({ data }) => {
          const shown = data.filter((flow) => q === undefined || `${flow.id} ${flow.title} ${flow.description}`.toLowerCase().includes(q.toLowerCase()))
          if (shown.length === 0) return <Empty icon={SearchX} title={texts.nothingInLibrary} action={<Button variant="default" onClick={() => { setUrl({ q: undefined }) }}>{common.clearFilters}</Button>} />
          return <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>{shown.map((flow) => <LibraryCard key={flow.id} flow={flow} onInstall={() => { setUrl({ install: flow.id }, { push: true }) }} />)}</SimpleGrid>
        }}
      </Loaded>
      {chosen !== undefined && <InstallDrawer key={chosen.id} flow={chosen} onClose={close} />}
    </Page>
  )
}

function LibraryCard({ flow: { id, title, description, present, needs }, onInstall }: { flow: LibraryFlow, onInstall(): void }) {
  const { can } = useTenant()
  const path = usePath()
  return (
    <Card component="section" aria-label={title}>
      <Stack gap="xs" h="100%">
        <Title order={2} size="h4">{title}</Title>
        <Text size="sm" c="dimmed" className="app-anywhere">{description}</Text>
        {needs.credentials?.map((each) => <Text key={each.id} size="xs" c="dimmed">{texts.needs(each.id)}</Text>)}
        <Group gap="xs" mt="auto" justify="space-between">
          <Text size="xs" c="dimmed">{present ? texts.present : id}</Text>
          {present
            ? <Button variant="default" component={RouteLink} to={path(flowPath(id))} aria-label={`${texts.open}: ${title}`}>{texts.open}</Button>
            : can('flows:write') && <Button variant="default" leftSection={<Download size={14} />} onClick={onInstall} aria-label={texts.installTitle(title)}>{texts.install}</Button>}
        </Group>
      </Stack>
    </Card>
  )
}
