import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'

export const getBlob = defineRoute({
  method: 'GET', path: '/api/v1/blobs/:id', scope: 'executions:read', tag: 'Executions',
  summary: 'Download a large or binary value.',
  description: 'What a `$blob` reference in an answer or an execution stands for. Sent as a download, whatever it is.',
  params: z.object({ id: z.string().max(100) }),
  reply: z.unknown().describe('The bytes.'),
  handle: async ({ blobs }, { caller, params }) => {
    const { reference: { $blob }, stream } = await blobs.read(caller.tenantId, params.id)
    return new Answer({
      body: stream,
      headers: {
        'content-type': harmlessType($blob.contentType), 'content-length': String($blob.sizeBytes), 'content-disposition': disposition($blob.filename),
        // It came from elsewhere: no browser may run it as a page of the hub.
        'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox', 'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'private, no-store',
      },
    })
  },
})

const mediaType = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+(\s*;\s*[a-z0-9!#$&^_.+-]+=("[^"\\\r\n]*"|[a-z0-9!#$&^_.+-]+))*$/i
/** What browsers run or follow instructions of. */
const active = /html|xml|svg|script|xsl|multipart|flash/i

/** The stored type where it is a type and passive; otherwise mere bytes. */
export function harmlessType(contentType: string): string {
  return mediaType.test(contentType) && !active.test(contentType) ? contentType : 'application/octet-stream'
}

/** RFC 6266, with the name in ASCII and, where that loses something, in UTF-8 (RFC 8187). */
export function disposition(filename: string | undefined): string {
  // A name only, never a path.
  const name = filename?.toWellFormed().split(/[/\\]/).at(-1)?.replaceAll(/\p{Cc}/gu, '')
  if (name === undefined || name === '') return 'attachment'
  const ascii = name.replaceAll(/[^\x20-\x7e]|["%]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${ascii}"${ascii === name ? '' : `; filename*=UTF-8''${encoded}`}`
}
