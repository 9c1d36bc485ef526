import { Button, Select } from '@mantine/core'
import { Compass } from 'lucide-react'
import { Page } from '../../components/page.tsx'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { ExecutionsList } from './parts.tsx'
import { texts } from './texts.ts'

export function ListPage() {
  const path = usePath()
  const { can } = useTenant()
  const [{ integration }, setSearch] = useUrl<'integration'>()
  const { rows = [] } = useRows('/api/v1/integrations', { query: { limit: 500 } }, { enabled: can('integrations:read') })
  return (
    <Page title={texts.title} crumbs={[{ label: 'Integration Hub', to: path('integrations') }]}>
      <ExecutionsList
        beside={<Select aria-label={texts.anyIntegration} placeholder={texts.anyIntegration} clearable searchable w={{ base: '100%', xs: 200 }} data={rows.map(({ id, name }) => ({ value: id, label: name }))} value={integration ?? null} onChange={(next) => { setSearch({ integration: next ?? undefined }) }} />}
        emptyAction={<Button variant="default" leftSection={<Compass size={15} />} component={RouteLink} to={path('integrations')}>{texts.explore}</Button>}
      />
    </Page>
  )
}
