import { Anchor, Modal, Stack, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { renewSessionWith } from '../../hub/client.ts'
import { SignInForm } from './sign-in-form.tsx'
import { texts } from './texts.ts'
import { useSignOut } from './sign-out.ts'

interface Waiting { resolve(): void, reject(error: Error): void }

/** Lies over the page when the session ends: what was refused meanwhile waits, and goes out again. */
export function RenewSession() {
  const waiting = useRef<Waiting[]>([])
  const [isOpen, setOpen] = useState(false)
  const signOut = useSignOut()
  useEffect(() => renewSessionWith(() => new Promise((resolve, reject) => {
    waiting.current.push({ resolve, reject })
    setOpen(true)
  })), [])
  const settle = (how: (each: Waiting) => void): void => {
    setOpen(false)
    for (const each of waiting.current.splice(0)) how(each)
  }
  const leave = (): void => {
    settle(({ reject }) => { reject(new Error(texts.again)) })
    void signOut()
  }
  return (
    <Modal opened={isOpen} onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={texts.again}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{texts.againLead}</Text>
        <SignInForm done={() => { settle(({ resolve }) => { resolve() }) }} />
        <Anchor component="button" type="button" size="xs" onClick={leave}>{texts.leave}</Anchor>
      </Stack>
    </Modal>
  )
}
