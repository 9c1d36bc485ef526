// What the call path is compared with: a bare reverse proxy on Fastify and undici, which checks and records nothing.
import Fastify from 'fastify'
import { Pool } from 'undici'

const upstream = new Pool(process.argv[2], { connections: 64 })
const server = Fastify()
server.post('/*', async (request, reply) => {
  const { statusCode, headers, body } = await upstream.request({ method: 'GET', path: '/item' })
  return reply.code(statusCode).header('content-type', headers['content-type']).send(body)
})
await server.listen({ host: '127.0.0.1', port: 0 })
console.log(`ready ${server.server.address().port}`)
