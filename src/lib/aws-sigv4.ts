/** AWS Signature Version 4 of a finished HTTP request. */
import { buffer } from 'node:stream/consumers'
import { AwsV4Signer } from 'aws4fetch'

export interface AwsCredential { accessKeyId: string, secretAccessKey: string, sessionToken?: string | undefined }

/** What is left out follows from an Amazon host name. */
export interface SigningPlace { service?: string | undefined, region?: string | undefined }

export interface Signable {
  method: string
  url: string
  headers: Record<string, string | string[]>
  body?: string | Uint8Array | NodeJS.ReadableStream | undefined
}

export interface Signed { url: string, headers: Record<string, string>, body: string | Uint8Array | undefined }

/** Signing keys depend on the day, region and service only; the signer makes them anew without this. Cleared when it grows. */
const signingKeys = new Map<string, ArrayBuffer>()
const MOST_KEYS = 500

/** The body becomes the very bytes that were signed: a stream is read first, as the services other than S3 demand. */
export async function signAws({ method, url, headers, body: given }: Signable, { accessKeyId, secretAccessKey, sessionToken }: AwsCredential, { service, region }: SigningPlace): Promise<Signed> {
  const body = given === undefined || typeof given === 'string' || given instanceof Uint8Array ? given : await buffer(given)
  if (signingKeys.size > MOST_KEYS) signingKeys.clear()
  const signer = new AwsV4Signer({
    method, url, headers: Object.entries(headers).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each])),
    ...body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) },
    accessKeyId, secretAccessKey, ...sessionToken !== undefined && { sessionToken }, ...service !== undefined && { service }, ...region !== undefined && { region },
    cache: signingKeys,
  })
  const signed = await signer.sign()
  return { url: signed.url.href, headers: Object.fromEntries(signed.headers), body }
}
