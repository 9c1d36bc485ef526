import type { NotificationData } from '@mantine/notifications'
import { Check, TriangleAlert, X } from 'lucide-react'
import { afterThePage, lazily } from './lazily.ts'
import { messageOf } from './problem.tsx'
import { texts } from './texts.ts'

const load = () => import('./notices.tsx')

/** Where notices show. What is told before it is there shows once it is. */
export const Notices = lazily(async () => {
  await afterThePage()
  return (await load()).Notices
})

function show(notice: NotificationData): void {
  load().then((notices) => notices.show({ closeButtonProps: { 'aria-label': texts.close }, ...notice })).catch(() => undefined)
}

export function notifyDone(message: string): void {
  show({ message, color: 'teal', icon: <Check size={16} />, autoClose: 3500 })
}

/** Done as asked, with something to look after: stays until it is read. */
export function notifyWarned(title: string, message: string): void {
  show({ title, message, color: 'orange', icon: <TriangleAlert size={16} />, autoClose: false })
}

/** Stays until it is read. */
export function notifyFailed(title: string, error: unknown): void {
  show({ title, message: messageOf(error), color: 'red', icon: <X size={16} />, autoClose: false })
}
