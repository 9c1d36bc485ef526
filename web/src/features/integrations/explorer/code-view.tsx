import { SegmentedControl, Stack } from '@mantine/core'
import { useState } from 'react'
import { CopyButton } from '../../../components/copy-button.tsx'
import type { Integration } from '../../../hub/client.ts'
import { texts } from '../texts.ts'
import { snippets, type Language } from './snippets.ts'

export function CodeView({ integration, operation, input }: { integration: Integration, operation: string, input: unknown }) {
  const [language, setLanguage] = useState<Language>('curl')
  const code = snippets[language]({ origin: location.origin, integration, operation, input })
  return (
    <Stack gap="xs">
      <SegmentedControl aria-label={texts.code} w="fit-content" data={(['curl', 'typescript', 'cli'] as const).map((value) => ({ value, label: texts[value] }))} value={language} onChange={(value) => { setLanguage(value as Language) }} />
      <div className="app-over app-code"><div className="app-over-action"><CopyButton value={code} /></div><pre className="app-pre" tabIndex={0} aria-label={texts[language]}>{code}</pre></div>
    </Stack>
  )
}
