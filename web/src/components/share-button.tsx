import { Button } from '@mantine/core'
import { Share2 } from 'lucide-react'
import { useTenant } from '../hub/session.ts'
import { notifyDone, notifyWarned } from './notify.tsx'
import { texts } from './texts.ts'

/** Copies where the page is for good, without filters, and says what whoever gets it needs. */
export function ShareButton() {
  const { name } = useTenant()
  const copy = async (): Promise<void> => {
    const url = location.origin + location.pathname
    try {
      await navigator.clipboard.writeText(url)
      notifyDone(texts.shared(name))
    } catch {
      // Browsers give no clipboard to pages that come without TLS.
      notifyWarned(texts.copyYourself, url)
    }
  }
  return <Button variant="default" leftSection={<Share2 size={14} />} onClick={() => { void copy() }}>{texts.share}</Button>
}
