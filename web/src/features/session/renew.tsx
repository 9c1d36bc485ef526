import { Suspense, useEffect, useRef, useState } from 'react'
import { renewSessionWith } from '../../hub/client.ts'
import { texts } from './texts.ts'
import { useSignOut } from './sign-out.ts'
import { lazily } from '../../components/lazily.ts'

const RenewOverlay = lazily(async () => (await import('./renew-overlay.tsx')).RenewOverlay)

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
  return isOpen && <Suspense><RenewOverlay onDone={() => { settle(({ resolve }) => { resolve() }) }} onLeave={leave} /></Suspense>
}
