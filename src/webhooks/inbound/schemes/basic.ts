/** RFC 7617. */
import { z } from 'zod'
import { decoded, digestOf, matchesDigest } from './signature.ts'
import { defineScheme, failed, headerOf, passed } from './scheme.ts'

const settings = {
  username: z.string().min(1).max(200).regex(/^[^:\p{Cc}]+$/u, 'holds a colon or a control character').optional().describe('User name. Empty: the secret is `user:password`.'),
}

export const basic = defineScheme<typeof settings, Buffer>({
  name: 'basic',
  description: 'User name and password in the header `Authorization`.',
  settings,
  secret: { description: 'The password; or `user:password`, where no `username` is given.', aliases: ['password'] },
  authenticate: 'Basic realm="interchange", charset="UTF-8"',
  keyOf(secret, { username }) {
    if (username === undefined && !/^[^:]+:./s.test(secret)) throw new RangeError('must be `user:password`, or a password with `username` beside it')
    return digestOf(username === undefined ? secret : `${username}:${secret}`)
  },
  verify(request, _settings, keys) {
    const [, given = ''] = /^Basic +(\S+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? []
    const pair = decoded(given, 'base64')
    if (pair === undefined) return failed('Send `Authorization: Basic …`.')
    return matchesDigest(keys, pair) ? passed : failed('User name or password are wrong.')
  },
})
