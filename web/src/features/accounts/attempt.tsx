import { Alert, Anchor, Button, Code, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { ExternalLink } from 'lucide-react'
import { CopyButton } from '../../components/copy-button.tsx'
import { Problem } from '../../components/problem.tsx'
import { texts } from './texts.ts'
import type { Connecting } from './use-connecting.ts'
import type { Device } from './use-device.ts'

/** How connecting in a window goes, and the one thing to do about it. */
export function AttemptState({ connecting: { phase, url, isBlocked, problem, error }, vendor, onAgain }: { connecting: Connecting, vendor: string, onAgain(): void }) {
  if (error !== null) return <Problem error={error} title={texts.startFailed} />
  if (phase === 'waiting' && isBlocked) {
    return (
      <Alert color="indigo" variant="outline" role="status">
        <Group gap="sm"><Text size="sm">{texts.blocked}</Text><Anchor href={url} target="_blank" rel="noreferrer noopener" size="sm" fw={600}><Group gap={5} component="span">{texts.blockedLink(vendor)}<ExternalLink size={13} aria-hidden /></Group></Anchor></Group>
      </Alert>
    )
  }
  if (phase === 'waiting') return <Group gap="sm" role="status"><Loader size="xs" /><Text size="sm" c="dimmed">{texts.waiting(vendor)}</Text></Group>
  const said = phase === 'closed' ? texts.closed : phase === 'expired' ? texts.expired : phase === 'failed' ? texts.problems[problem ?? ''] ?? texts.problem : undefined
  if (said === undefined) return null
  return <Alert color="orange" variant="outline" role="alert"><Group gap="sm"><Text size="sm">{said}</Text><Button size="xs" variant="default" onClick={onAgain}>{phase === 'closed' ? texts.openAgain : texts.again}</Button></Group></Alert>
}

/** The code to type in at the vendor. */
export function DeviceState({ device: { begin, progress, error }, vendor, onAgain }: { device: Device, vendor: string, onAgain(): void }) {
  const { data: started } = begin
  if (error !== null && started === undefined) return <Problem error={error} title={texts.startFailed} />
  if (started === undefined) return null
  const status = progress?.status
  if (status === 'failed' || status === 'expired') return <Alert color="orange" variant="outline" role="alert"><Group gap="sm"><Text size="sm">{status === 'failed' ? texts.problems['access_denied'] : texts.expired}</Text><Button size="xs" variant="default" onClick={onAgain}>{texts.again}</Button></Group></Alert>
  return (
    <Stack gap="xs" role="status">
      <Text size="sm">{texts.byCodeText(vendor)}</Text>
      <Group gap="sm"><Title order={3} component="div"><Code fz="lg">{started.userCode}</Code></Title><CopyButton value={started.userCode} /><OpenPage url={started.verificationUriComplete ?? started.verificationUri} /></Group>
      <Group gap="sm"><Loader size="xs" /><Text size="sm" c="dimmed">{texts.codeWaiting}</Text></Group>
      {error !== null && <Problem error={error} title={texts.startFailed} />}
    </Stack>
  )
}

/** The vendor says where: only the web is linked. */
function OpenPage({ url }: { url: string }) {
  return /^https?:\/\//.test(url) ? <Anchor href={url} target="_blank" rel="noreferrer noopener" size="sm">{texts.codeOpen}: {url}</Anchor> : <span className="app-anywhere">{url}</span>
}
