import { useState } from 'react'
import { Page } from '../../../components/page.tsx'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { flowIdOf, flowPath } from '../paths.ts'
import { template } from '../template.ts'
import { texts } from '../texts.ts'
import { DocumentEditor } from './document-editor.tsx'

export function NewPage() {
  const path = usePath()
  const go = useGo()
  const [text, setText] = useState(template)
  return (
    <Page title={texts.newFlow} subtitle={texts.newText} crumbs={[{ label: texts.hub, to: path('integrations') }, { label: texts.flows, to: path('flows') }]}>
      <DocumentEditor stored={undefined} text={text} onText={setText} onStored={(stored) => { go(path(flowPath(flowIdOf(stored)))) }} />
    </Page>
  )
}
