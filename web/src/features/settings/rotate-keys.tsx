import { Button } from '@mantine/core'
import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { notifyDone } from '../../components/notify.tsx'
import { useAction } from '../../hub/action.ts'
import type { Reply } from '../../hub/client.ts'
import { useTenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

/** A new key of the tenant, by which its credentials are encrypted anew. */
export function RotateKeys() {
  const { can, role } = useTenant()
  const [isAsking, setAsking] = useState(false)
  const rotate = useAction<void, Reply<'POST', '/api/v1/credentials/rotate-keys'>>({
    run: ({ hub }) => hub.post('/api/v1/credentials/rotate-keys', { body: {} }), changes: ['/api/v1/credentials'],
    done({ credentials, tokens, unreadable }) {
      setAsking(false)
      notifyDone(texts.rotated(credentials, tokens, unreadable))
    },
  })
  if (!can('credentials:write') || role !== 'admin' && role !== 'owner') return null
  return (
    <>
      <Button variant="default" leftSection={<RefreshCw size={14} />} onClick={() => { setAsking(true) }}>{texts.rotate}</Button>
      <Confirm opened={isAsking} title={texts.rotateTitle} text={texts.rotateText} action={texts.rotateAction} isPending={rotate.isPending} error={rotate.error} onConfirm={() => { rotate.mutate() }} onClose={() => { setAsking(false) }} />
    </>
  )
}
