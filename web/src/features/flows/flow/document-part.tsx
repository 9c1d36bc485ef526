import { Select } from '@mantine/core'
import { Loaded } from '../../../components/loading.tsx'
import type { Flow } from '../../../hub/client.ts'
import { useGet, useRows } from '../../../hub/queries.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { flowIdOf, flowPath } from '../paths.ts'
import { texts } from '../texts.ts'
import { DocumentEditor } from './document-editor.tsx'
import type { PartProps } from './part.ts'

/** One version's document: the latest, unless the URL names another. */
export function DocumentPart({ flow, edited, onEdit }: PartProps) {
  const go = useGo()
  const path = usePath()
  const [{ version = flow.version }, setUrl] = useUrl<'version'>()
  const isOther = version !== flow.version
  const other = useGet('/api/v1/flows/{flow}/versions/{version}', { path: { flow: flow.flowId, version } }, { enabled: isOther })
  const versions = useRows('/api/v1/flows/{flow}/versions', { path: { flow: flow.flowId }, query: { limit: 500 } })
  const choices = (versions.rows ?? [flow]).map((each) => ({ value: each.version, label: each.status === 'draft' ? texts.draftOf(each.version) : each.version }))
  const choice = <Select aria-label={texts.version} w={190} allowDeselect={false} data={choices} value={version} onChange={(next) => { setUrl({ version: next === null || next === flow.version ? undefined : next }) }} />
  const shown = (of: Flow) => (
    <DocumentEditor
      key={of.version} stored={of} text={edited?.version === of.version ? edited.text : of.source} beside={choice}
      onText={(text) => { onEdit(text === of.source ? undefined : { version: of.version, text }) }}
      onStored={(stored) => {
        onEdit(undefined)
        // A document that was given another name is another flow's.
        if (flowIdOf(stored) === flow.flowId) setUrl({ version: stored.version })
        else go(path(flowPath(flowIdOf(stored))))
      }}
    />
  )
  return isOther ? <Loaded query={other}>{shown}</Loaded> : shown(flow)
}
