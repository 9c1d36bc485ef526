// A small API to try Interchange with: no dependencies, any Node from 20 on. `PORT` picks another port than 4010.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const document = readFileSync(new URL('openapi.yaml', import.meta.url), 'utf8')
const books = new Map([
  [1, { id: 1, title: 'The Dispossessed', author: 'Ursula K. Le Guin', price: 12.5 }],
  [2, { id: 2, title: 'Solaris', author: 'Stanisław Lem', price: 9.9 }],
])

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost')
  const answer = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(value === undefined ? undefined : JSON.stringify(value))
  }
  if (url.pathname === '/openapi.yaml') return response.writeHead(200, { 'content-type': 'application/yaml' }).end(document.replaceAll(':4010', `:${server.address().port}`))
  if (url.pathname === '/') return answer(200, { name: 'Bookshop' })
  if (!String(request.headers['x-api-key'] ?? '').startsWith('shop-')) return answer(401, { message: 'Send X-Api-Key: shop-…' })
  const [, id] = /^\/books\/(\d+)$/.exec(url.pathname) ?? []
  if (id !== undefined && request.method === 'GET') return books.has(Number(id)) ? answer(200, books.get(Number(id))) : answer(404, { message: `There is no book ${id}.` })
  if (id !== undefined && request.method === 'DELETE') return books.delete(Number(id)) ? answer(204) : answer(404, { message: `There is no book ${id}.` })
  if (url.pathname === '/books' && request.method === 'GET') {
    const author = url.searchParams.get('author')
    return answer(200, [...books.values()].filter((book) => author === null || book.author === author))
  }
  if (url.pathname === '/books' && request.method === 'POST') {
    let text = ''
    for await (const chunk of request) text += chunk
    const book = { id: Math.max(0, ...books.keys()) + 1, ...JSON.parse(text) }
    books.set(book.id, book)
    return answer(201, book)
  }
  answer(404, { message: 'There is nothing here.' })
})

server.listen(Number(process.env.PORT ?? 4010), '127.0.0.1', () => {
  console.log(`Bookshop: http://127.0.0.1:${server.address().port}`)
})
