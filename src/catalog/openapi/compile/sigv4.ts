/** How a request that a document describes is signed for Amazon. */
import type { CallHttpRequest } from '../../../connectors/connector.ts'
import { signAws, type SigningPlace } from '../../../lib/aws-sigv4.ts'
import type { AwsCredential } from './security.ts'

/** Signs a finished request, whose query is part of its address. The credential's own region comes before the place's. */
export async function signed(request: CallHttpRequest, credential: AwsCredential, { service, region }: SigningPlace): Promise<CallHttpRequest> {
  const { json, ...rest } = request
  const { url, headers, body } = await signAws(
    { method: request.method, url: request.url, headers: forAmazon(request.headers as Record<string, string>), body: json === undefined ? request.body : JSON.stringify(json) },
    credential, { service, region: credential.region ?? region })
  return { ...rest, url, headers, ...(body !== undefined && { body }) }
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
