/**
 * The server's side of AWS Signature Version 4, after "Create a signed AWS API request" in the IAM user guide
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface Expected { secretAccessKey: string, region: string, service: string }

export function isSignedRight({ method = '', url = '', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>, body: string | Uint8Array, { secretAccessKey, region, service }: Expected): boolean {
  const { scope, names, signature } = /Credential=[^/]+\/(?<scope>[^,]+), ?SignedHeaders=(?<names>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})/.exec(headers.authorization ?? '')?.groups ?? {}
  const date = String(headers['x-amz-date'])
  if (scope !== `${date.slice(0, 8)}/${region}/${service}/aws4_request` || names === undefined) return false
  const [path = '', search = ''] = url.split('?')
  const query = search.split('&').filter((pair) => pair !== '').map((pair) => pair.includes('=') ? pair : `${pair}=`).sort().join('&')
  const canonicalHeaders = names.split(';').map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}\n`).join('')
  const bodyHash = headers['x-amz-content-sha256'] as string | undefined ?? createHash('sha256').update(body).digest('hex')
  const canonical = [method, path.split('/').map((part) => encodeURIComponent(part)).join('/'), query, canonicalHeaders, names, bodyHash].join('\n')
  const text = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest()
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date.slice(0, 8)), region), service), 'aws4_request')
  return hmac(key, text).toString('hex') === signature
}
