import { notifications } from '@mantine/notifications'
import { Check, X } from 'lucide-react'
import { messageOf } from './problem.tsx'

export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', icon: <Check size={16} />, autoClose: 3500 })
}

/** Stays until it is read. */
export function notifyFailed(title: string, error: unknown): void {
  notifications.show({ title, message: messageOf(error), color: 'red', icon: <X size={16} />, autoClose: false })
}
