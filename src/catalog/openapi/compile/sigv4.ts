import { AwsV4Signer } from 'aws4fetch'
import type { CallHttpRequest } from '../../../connectors/connector.ts'
import type { AwsCredential } from './security.ts'
import { refuseInput } from './refuse.ts'

export interface SigningPlace { service: string, region: string | undefined }

/** Signing keys depend on the day, region and service only; the signer makes them anew without this. Cleared when it grows. */
const signingKeys = new Map<string, ArrayBuffer>()

/** Signs a finished request with AWS Signature Version 4. The body becomes the very bytes that were signed. */
export async function signed(request: CallHttpRequest, credential: AwsCredential, place: SigningPlace): Promise<CallHttpRequest> {
  const { json, ...rest } = request
  const body = json === undefined ? request.body : JSON.stringify(json)
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) return refuseInput('/body', 'must be text or bytes to be signed, not a stream')
  const headers = request.headers as Record<string, string>
  if (signingKeys.size > 500) signingKeys.clear()
  const signer = new AwsV4Signer({
    method: request.method, url: request.url, headers: forAmazon(headers),
    ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    accessKeyId: credential.accessKeyId, secretAccessKey: credential.secretAccessKey,
    ...(credential.sessionToken !== undefined && { sessionToken: credential.sessionToken }),
    service: place.service, region: credential.region ?? place.region ?? 'us-east-1',
    cache: signingKeys,
  })
  const result = await signer.sign()
  return { ...rest, url: result.url.href, headers: Object.fromEntries(result.headers), ...(body !== undefined && { body }) }
}

/** Amazon's JSON protocol has a media type of its own, which its documents don't tell. */
function forAmazon(headers: Record<string, string>): Record<string, string> {
  const target = headers['x-amz-target']
  if (target === undefined || headers['content-type'] !== 'application/json') return headers
  const version = /^(?:DynamoDB|AWSStepFunctions|SimpleWorkflowService|AmazonSQS|CloudApiService)/.test(target) ? '1.0' : '1.1'
  return { ...headers, 'content-type': `application/x-amz-json-${version}` }
}

/** The region within an Amazon host name. */
export function regionOf(url: string): string | undefined {
  return /[./-]([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(url)?.[1]
}
