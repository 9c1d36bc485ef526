import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'
import { tag } from './shapes.ts'

export const getLogo = defineRoute({
  // A picture in a page comes without a key. It says nothing that the asker didn't.
  method: 'GET', path: '/api/v1/logos/:name', scope: 'public', tag,
  summary: "Get a logo: the brand's icon where there is a free one, a monogram otherwise.",
  params: z.object({ name: z.string().min(1).max(300).describe("A brand's slug in simple-icons, or a name.") }),
  query: z.strictObject({ title: z.string().max(300).optional().describe("The picture's title, and the letters of a monogram.") }),
  reply: z.string().meta({ contentMediaType: 'image/svg+xml' }),
  handle: async ({ logos }, { params, query }) => {
    const slug = /^[a-z0-9]+$/.test(params.name) ? params.name : null
    const body = await logos.logoFor({ slug, name: query.title ?? params.name, guess: true })
    return new Answer({
      body,
      headers: {
        'content-type': 'image/svg+xml; charset=utf-8', 'cache-control': 'public, max-age=86400', 'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      },
    })
  },
})
