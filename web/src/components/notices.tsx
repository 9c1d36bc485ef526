/** The package of the notices, which comes after the page: by `notify.tsx` alone. */
import { Notifications, notifications } from '@mantine/notifications'

export function Notices() {
  return <Notifications position="bottom-right" />
}

export const { show } = notifications
