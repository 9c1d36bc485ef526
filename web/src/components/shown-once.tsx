import { Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'

/** What the hub tells this once: a key, a link. */
export function ShownOnce({ title, text, value, onClose }: { title: string, text: ReactNode, value: string, onClose(): void }) {
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack gap="sm"><Text size="sm">{text}</Text><pre className="app-pre app-code">{value}</pre><CopyButton wide value={value} /></Stack>
    </Modal>
  )
}
