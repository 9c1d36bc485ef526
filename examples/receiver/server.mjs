// A small receiver of webhooks to try Interchange with: no dependencies, any Node from 20 on. It checks signatures as Standard
// Webhooks has them, passes over repeats, and lists what came. `PORT` picks another port than 4020, `WEBHOOK_SECRET` is the secret.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const key = Buffer.from((process.env.WEBHOOK_SECRET ?? '').replace(/^whsec_/, ''), 'base64')
const received = new Map()

function isSigned({ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' }, body) {
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
  const isRight = (signature) => signature.length === expected.length && timingSafeEqual(signature, expected)
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300
  return isFresh && signatures.split(' ').some((each) => each.startsWith('v1,') && isRight(Buffer.from(each.slice(3), 'base64')))
}

const server = createServer(async (request, response) => {
  if (request.method === 'GET') return response.end([...received.values()].map((line) => `${line}\n`).join(''))
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  if (!isSigned(request.headers, body)) return response.writeHead(401).end()
  const { type, data } = JSON.parse(body)
  const id = request.headers['webhook-id']
  const line = `${id}  ${type}  ${JSON.stringify(data)}`
  console.log(`${received.has(id) ? 'again' : 'received'}: ${line}`)
  received.set(id, line)
  response.writeHead(204).end()
})

server.listen(Number(process.env.PORT ?? 4020), '127.0.0.1', () => {
  console.log(`Receiver: http://127.0.0.1:${server.address().port}`)
})
