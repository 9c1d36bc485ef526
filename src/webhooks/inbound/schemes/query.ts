import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { digestOf, matchesDigest } from './signature.ts'
import { defineScheme, failed, passed } from './scheme.ts'

const settings = {
  parameter: z.string().min(1).max(100).default('token').describe('Query parameter with the secret.'),
}

export const query = defineScheme<typeof settings, Buffer>({
  name: 'query',
  description: 'A secret in the query, for senders that can do nothing else: it shows in the logs of whatever the request passes through.',
  settings,
  secret: { description: 'The secret.', aliases: ['token'], generate: () => randomBytes(32).toString('base64url') },
  keyOf: (secret) => digestOf(secret),
  verify(request, { parameter }, keys) {
    const given = request.query().getAll(parameter)
    if (given.length !== 1 || given[0] === '') return failed(`The query parameter ${parameter} is missing, or there twice.`)
    return matchesDigest(keys, given[0]!) ? passed : failed(`The query parameter ${parameter} is wrong.`)
  },
  secretParameters: ({ parameter }) => [parameter],
})
