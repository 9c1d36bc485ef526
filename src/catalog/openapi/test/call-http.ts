import { request as send } from 'undici'
import type { CallHttp } from '../../../connectors/connector.ts'
import { HubError } from '../../../errors.ts'

/** HTTP as the hub hands it to a connector, without its guards: for servers on loopback. */
export const plainHttp: CallHttp = {
  async request({ method, url, headers = {}, json, body }) {
    const content = json === undefined ? body : JSON.stringify(json)
    const response = await send(url, { method: method as 'GET', headers, body: (content ?? null) as string | null }).catch((error: unknown) => {
      throw new HubError('upstream_unavailable', 'It cannot be reached.', { cause: error, beforeSending: true })
    })
    const text = await response.body.text()
    const { statusCode } = response
    if (statusCode >= 300) throw new HubError(statusCode >= 500 ? 'upstream_unavailable' : 'upstream_rejected', `It answered ${statusCode}: ${text}`, { upstreamStatus: statusCode })
    const isJson = /json/.test(String(response.headers['content-type'])) && text !== ''
    return { status: statusCode, headers: {}, data: isJson ? JSON.parse(text) as unknown : text }
  },
  stream: () => Promise.reject(new Error('no stream was expected')),
}
