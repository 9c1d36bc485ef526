import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { Check, Copy } from 'lucide-react'
import { texts } from './texts.ts'

/** `wide` shows the label beside the icon. */
export function CopyButton({ value, label = texts.copy, wide = false }: { value: string | (() => string), label?: string, wide?: boolean }) {
  const { copied, copy } = useClipboard()
  const icon = copied ? <Check size={14} /> : <Copy size={14} />
  const act = (): void => { copy(typeof value === 'function' ? value() : value) }
  if (wide) return <Button variant="default" leftSection={icon} onClick={act}>{copied ? texts.copied : label}</Button>
  return (
    <Tooltip label={copied ? texts.copied : label}>
      <ActionIcon size={24} aria-label={label} onClick={act}>{icon}</ActionIcon>
    </Tooltip>
  )
}
