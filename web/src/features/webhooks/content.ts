/** Events as they were sent, byte for byte: what a page reads as JSON it could only write anew, with other numbers and spaces. */
import { useQuery } from '@tanstack/react-query'
import { readOfHub } from '../../components/curl-button.tsx'
import { useTenant } from '../../hub/session.ts'
import type { Asked } from '../../lib/curl.ts'

/** Longer than this no command line may be; the command asks the hub for it then. */
const MOST_INLINE = 64 * 1024

/** The body of a request that sends the event as it is, for a command of the shell. */
export function useContent(messageId: string, sizeBytes: number): Pick<Asked, 'body' | 'bodyOf'> {
  const { hub, slug, can } = useTenant()
  const { data } = useQuery({
    queryKey: [slug, 'content of an event', messageId], staleTime: Infinity, enabled: can('events:read') && sizeBytes <= MOST_INLINE,
    queryFn: async ({ signal }) => (await hub.raw('GET', '/api/v1/events/{id}/content', { path: { id: messageId }, signal })).text(),
  })
  return data === undefined ? { bodyOf: readOfHub(`/api/v1/events/${messageId}/content`) } : { body: data }
}
