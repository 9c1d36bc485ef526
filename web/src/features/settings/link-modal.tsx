import { Modal, Stack, Text } from '@mantine/core'
import { CopyButton } from '../../components/copy-button.tsx'
import { texts } from './texts.ts'

/** A one-time link, shown once. */
export function LinkModal({ link: { url, mailed }, onClose }: { link: { url: string, mailed: boolean }, onClose(): void }) {
  return (
    <Modal opened onClose={onClose} title={texts.linkTitle}>
      <Stack gap="sm">
        <Text size="sm">{texts.linkText} {mailed && texts.linkMailed}</Text>
        <pre className="app-pre app-code">{url}</pre>
        <CopyButton wide value={url} />
      </Stack>
    </Modal>
  )
}
