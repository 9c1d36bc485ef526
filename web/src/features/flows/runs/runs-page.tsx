import { Button, Select } from '@mantine/core'
import { Workflow } from 'lucide-react'
import { Page } from '../../../components/page.tsx'
import { useRows } from '../../../hub/queries.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { texts } from '../texts.ts'
import { RunsList } from './runs-list.tsx'

export function RunsPage() {
  const path = usePath()
  const [{ flow }, setSearch] = useUrl<'flow'>()
  const { rows = [] } = useRows('/api/v1/flows', { query: { limit: 500 } })
  // A flow that is gone may still have runs.
  const choices = [...new Set([...rows.map(({ flowId }) => flowId), ...flow === undefined ? [] : [flow]])]
  return (
    <Page title={texts.runs} crumbs={[{ label: texts.hub, to: path('integrations') }, { label: texts.flows, to: path('flows') }]}>
      <RunsList
        beside={<Select aria-label={texts.anyFlow} placeholder={texts.anyFlow} clearable searchable w={{ base: '100%', xs: 200 }} data={choices} value={flow ?? null} onChange={(next) => { setSearch({ flow: next ?? undefined }) }} />}
        emptyAction={<Button variant="default" leftSection={<Workflow size={15} />} component={RouteLink} to={path('flows')}>{texts.flows}</Button>}
      />
    </Page>
  )
}
