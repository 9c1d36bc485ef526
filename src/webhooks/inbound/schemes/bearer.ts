/** A token that is sent as it is: RFC 6750, or in a header of the sender's own (GitLab's `X-Gitlab-Token`). */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { digestOf, matchesDigest } from './signature.ts'
import { defineScheme, failed, headerOf, passed } from './scheme.ts'

const settings = {
  header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not a header name').default('Authorization').describe('Header with the token. In `Authorization` it stands after `Bearer`, in others by itself.'),
}

export const bearer = defineScheme<typeof settings, Buffer>({
  name: 'bearer',
  description: 'A token in the header `Authorization`, or in another one.',
  settings,
  secret: { description: 'The token.', aliases: ['token'], generate: () => randomBytes(32).toString('base64url') },
  authenticate: 'Bearer realm="interchange"',
  keyOf: (secret) => digestOf(secret),
  verify(request, { header }, keys) {
    const value = headerOf(request, header.toLowerCase()) ?? ''
    const [, token = ''] = (header.toLowerCase() === 'authorization' ? /^Bearer +(.+)$/i : /^(.+)$/).exec(value) ?? []
    if (token === '') return failed(`The header ${header} with the token is missing.`)
    // Node reads headers as Latin-1.
    return matchesDigest(keys, Buffer.from(token, 'latin1')) ? passed : failed('The token is wrong.')
  },
  secretHeaders: ({ header }) => [header.toLowerCase()],
})
