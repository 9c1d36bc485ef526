import { Loader, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Logo } from '../../../components/logo.tsx'
import { Page } from '../../../components/page.tsx'
import { Problem } from '../../../components/problem.tsx'
import { isProblem, type Connector } from '../../../hub/client.ts'
import { useStale } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { plainText } from '../../../lib/plain-text.ts'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { Gallery } from '../../connectors/parts.tsx'
import { Progress } from './progress.tsx'
import { Setup } from './setup.tsx'
import { texts } from './texts.ts'

export function WizardPage() {
  const [{ connector }] = useUrl<'connector'>()
  const { can } = useTenant()
  const path = usePath()
  if (!can('integrations:write')) return <Page title={texts.title} crumbs={crumbsOf(path)}><Text size="sm" c="dimmed">{texts.mayNot}</Text></Page>
  return connector === undefined ? <Choose /> : <Chosen id={connector} key={connector} />
}

const crumbsOf = (path: ReturnType<typeof usePath>) => [{ label: 'Integration Hub', to: path('integrations') }]

function Choose() {
  const path = usePath()
  return (
    <Page title={texts.title} crumbs={crumbsOf(path)}>
      <Progress step="choose" />
      <Gallery autoFocus to={({ connector }) => path('integrations/new', { connector })} />
    </Page>
  )
}

/** One of the catalogue's is brought in by being chosen: its forms come from its document. */
function useConnector(id: string) {
  const { hub, slug, can } = useTenant()
  const stale = useStale()
  return useQuery({
    queryKey: [slug, 'wizard', id], staleTime: Infinity, retry: false,
    async queryFn(): Promise<Connector> {
      try {
        return await hub.get('/api/v1/connectors/{id}', { path: { id } })
      } catch (error) {
        if (!isProblem(error, 'not_found') || !can('connectors:write')) throw error
        const installed = await hub.post('/api/v1/connectors/{id}/install', { path: { id } })
        void stale('/api/v1/connectors', '/api/v1/integrations/available')
        return installed
      }
    },
  })
}

function Chosen({ id }: { id: string }) {
  const path = usePath()
  const query = useConnector(id)
  const connector = query.data
  return (
    <Page title={connector === undefined ? texts.title : texts.titleOf(connector.name)} mark={connector && <Logo src={connector.logo} size={40} />} subtitle={connector && plainText(connector.description).slice(0, 240)} crumbs={crumbsOf(path)}>
      {query.isPending && <Stack align="center" py="xl"><Loader size="sm" /><Text size="sm" c="dimmed" role="status">{texts.installing}</Text></Stack>}
      {query.error !== null && <Problem error={query.error} title={texts.installFailed} retry={() => { void query.refetch() }} />}
      {connector !== undefined && <Setup connector={connector} />}
    </Page>
  )
}
