/** Turns the route table into an HTTP server: keys, scopes, validation, problems, request ids, logs and figures for every route alike. */
import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import Fastify, { type ConnectionError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { HubError } from '../errors.ts'
import { parseJson } from '../lib/json/limits.ts'
import { arrivalLimits, watchArrivals, type ArrivalLimits, type Arrivals } from './arrival.ts'
import { attachDashboard } from './dashboard.ts'
import { readMethods } from './methods.ts'
import { proxyMethods, type Route } from './route.ts'
import { createHandler, type HandlerContext } from './handler.ts'
import { asHubError, repeatHeaders, toProblem } from './problem.ts'
import { attachSocket, isStreamUpgrade } from './socket.ts'

export interface ServerOptions extends HandlerContext {
  routes: Route[]
  logger: Logger
  maxBodyBytes: number
  /** Networks of reverse proxies, whose `X-Forwarded-For` says where a request comes from. */
  trustProxy?: readonly string[]
  arrival?: ArrivalLimits
  /** Where the built dashboard is. */
  dashboardFolder?: string
  /** Called once a request; `route` is the route's pattern, never the path with its ids. */
  observe(sample: { method: string, route: string, status: number, seconds: number }): void
  /** Adds hooks of its own before those here, to trace requests. */
  trace?: ((server: FastifyInstance) => void) | undefined
}

const IMPORT_BODY_BYTES = 64 * 1024 * 1024

export function createServer(options: ServerOptions): FastifyInstance {
  const { routes, logger, maxBodyBytes, observe, trustProxy = [], arrival = arrivalLimits } = options
  const server = Fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    trustProxy: trustProxy.length > 0 && [...trustProxy],
    genReqId: (request) => readRequestId(request.headers['x-request-id']),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    connectionTimeout: 0,
    requestTimeout: 0,
    http: { connectionsCheckingInterval: Math.ceil(arrival.headersMs / 3), shouldUpgradeCallback: isStreamUpgrade },
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => { sendError(error, request as FastifyRequest, reply as unknown as FastifyReply, logger) },
  })
  server.server.headersTimeout = arrival.headersMs
  const arrivals = watchArrivals(server.server, arrival, refuseLateBody)
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(/^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i, { parseAs: 'buffer' }, (_request, body, done) => {
    try { done(null, body.length === 0 ? undefined : parseJson(body as Buffer)) } catch (error) { done(error as Error) }
  })
  server.setErrorHandler((error, request, reply) => { sendError(error, request, reply, logger) })
  const methodsAt = readMethods(routes)
  server.setNotFoundHandler((request, reply) => {
    sendError(refusalOf(request, methodsAt), request, reply, logger)
  })
  options.trace?.(server)
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    const seconds = reply.elapsedTime / 1000
    observe({ method: request.method, route, status: reply.statusCode, seconds })
    if (logger.isLevelEnabled('debug')) {
      logger.debug({ requestId: request.id, method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 }, 'request')
    }
    done()
  })
  endConnections(server)
  attachSocket(server, { services: options.services, requestId: ({ headers }) => readRequestId(headers['x-request-id']) })
  if (options.dashboardFolder !== undefined) attachDashboard(server, { folder: options.dashboardFolder })
  register(server, routes, options, arrivals)
  return server
}

/** A path that takes other methods says which. */
function refusalOf({ method, url }: FastifyRequest, methodsAt: (path: string) => string[]): HubError {
  const path = url.split('?')[0]!
  const allowed = methodsAt(path)
  if (allowed.length === 0) return new HubError('not_found', `There is no ${method} ${path}.`)
  return new HubError('method_not_allowed', `${path} takes ${allowed.join(', ')}.`, { headers: { allow: allowed.join(', ') } })
}

/** What ends no connection by itself when the server closes, but would keep it from closing. */
function endConnections(server: FastifyInstance): void {
  const sockets = new Set<Socket>()
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => { sockets.delete(socket) })
  })
  server.addHook('preClose', (done) => {
    const sweep = setInterval(() => {
      // Those that become idle while it closes would be waited for until their keep-alive ends.
      server.server.closeIdleConnections()
      // To Node, those that never asked anything are not idle; and it looks at no timeout any more.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    }, 50)
    server.server.once('close', () => { clearInterval(sweep) })
    done()
  })
}

/** Routes with other bodies than JSON get a context of their own, since parsers belong to a context. */
function register(server: FastifyInstance, routes: Route[], context: HandlerContext & Pick<ServerOptions, 'maxBodyBytes'>, arrivals: Arrivals): void {
  const allowStream = async ({ raw }: FastifyRequest): Promise<void> => { arrivals.allowStream(raw) }
  const add = (instance: FastifyInstance, route: Route): void => {
    const kind = route.bodyKind ?? 'json'
    const { onRequest, handler } = createHandler(route, context)
    // What leads on to any path leads on to the empty one too.
    const urls = route.path.endsWith('/*') ? [route.path, route.path.slice(0, -'/*'.length)] : [route.path]
    for (const url of urls) instance.route({
      method: route.method === 'ANY' ? [...proxyMethods] : route.method,
      url,
      // HEAD answers belong to the proxy; elsewhere they would double the route table.
      exposeHeadRoute: false,
      handler,
      onRequest: kind === 'stream' ? [onRequest, allowStream] : kind === 'bytes' ? [onRequest, passAnyType] : onRequest,
      ...kind === 'bytes' && { bodyLimit: route.maxBodyBytes === 'setting' ? context.maxBodyBytes : route.maxBodyBytes ?? IMPORT_BODY_BYTES },
    })
  }
  for (const route of routes.filter(({ bodyKind = 'json' }) => bodyKind === 'json')) add(server, route)
  for (const kind of ['bytes', 'stream'] as const) {
    void server.register(async (instance) => {
      instance.removeAllContentTypeParsers()
      if (kind === 'bytes') instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
      else instance.addContentTypeParser('*', (_request, payload, done) => { done(null, payload) })
      for (const route of routes.filter(({ bodyKind }) => bodyKind === kind)) add(instance, route)
    })
  }
}

/** Bytes are taken whatever they are called, also by a name that Fastify would refuse. */
async function passAnyType({ raw: { headers } }: FastifyRequest): Promise<void> {
  if (headers['content-type'] !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+\s*(;|$)/.test(headers['content-type'])) delete headers['content-type']
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const known = fromFastify(error) ?? asHubError(error)
  // A call that failed is recorded, and logged as its integration wants it: it is no fault of the hub. Nor is what somebody paused.
  if (known.status >= 500 && known.extra?.['execution'] === undefined && known.code !== 'webhook_source_paused') {
    logger.error({ requestId: request.id, method: request.method, route: request.routeOptions?.url, code: known.code, err: known.cause ?? known }, known.message)
  }
  const problem = toProblem(known, String(request.id))
  void reply.headers(repeatHeaders(known))
  void reply.headers({ ...known.status === 401 && { 'www-authenticate': 'Bearer realm="interchange"' }, ...known.headers })
  void reply.code(known.status).header('content-type', 'application/problem+json').header('x-request-id', String(request.id)).send(JSON.stringify(problem))
}

/** What never became a request: bytes that are no HTTP, headers without end, a request that takes too long to arrive. */
function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const known = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? new HubError('request_timeout', 'The headers of the request did not come in time.')
    : new HubError('invalid_request', 'This is no HTTP request that can be read.', { cause: error })
  const body = JSON.stringify(toProblem(known, randomUUID()))
  socket.end(`HTTP/1.1 ${known.status} ${STATUS_CODES[known.status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
}

/** The connection ends with it: the rest of the body would be taken for the next request. */
function refuseLateBody(response: ServerResponse): void {
  const known = new HubError('request_timeout', 'The body of the request did not come in time.')
  response.writeHead(known.status, { 'content-type': 'application/problem+json', connection: 'close' }).end(JSON.stringify(toProblem(known, randomUUID())))
}

/** Fastify's own refusals, before any route of ours ran. */
function fromFastify(error: unknown): HubError | undefined {
  const { code, statusCode } = error as { code?: string, statusCode?: number }
  if (error instanceof HubError || code === undefined) return undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new HubError('body_too_large', 'The body is larger than this route takes.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new HubError('unsupported_media_type', 'Send the body as application/json.')
  if (code.startsWith('FST_') && statusCode !== undefined && statusCode < 500) return new HubError('invalid_request', 'The request is not valid HTTP for this route.', { cause: error })
  return undefined
}

/** A caller's own id is kept when it is harmless in logs and headers. */
function readRequestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(header) ? header : randomUUID()
}
