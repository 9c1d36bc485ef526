import { Alert, Text } from '@mantine/core'
import { useEffect } from 'react'
import { tellReturn } from '../../hub/return-channel.ts'
import { useUrl } from '../../routing/url.ts'
import { Frame } from './frame.tsx'
import { texts } from './texts.ts'

/** Where a vendor's window ends: it tells the page that waits for it, and closes. A window that the browser does not let close says what became of it. */
export function ConnectedPage() {
  const [{ attempt, problem }] = useUrl<'attempt' | 'problem'>()
  useEffect(() => {
    if (attempt === undefined) return
    tellReturn({ attempt, problem: problem ?? null })
    window.close()
  }, [attempt, problem])
  if (problem === undefined) return <Frame title={texts.connected}><Text size="sm">{texts.connectedText}</Text></Frame>
  return <Frame title={texts.notConnected}><Alert color="orange" variant="outline">{problem === 'access_denied' ? texts.accessDenied : texts.notConnectedText}</Alert></Frame>
}
