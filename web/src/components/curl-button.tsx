import { curlOf, type Asked } from '../lib/curl.ts'
import { CopyButton } from './copy-button.tsx'
import { texts } from './texts.ts'

/** A request of the hub's own API, as whoever has a key sends it. */
export function askedOfHub(path: string, body: unknown, contentType = 'application/json'): Asked {
  return { method: 'POST', url: location.origin + path, headers: { authorization: `Bearer ${texts.yourKey}`, 'content-type': contentType }, body }
}

/** What the hub answers to a read, as whoever has a key asks for it. */
export function readOfHub(path: string): Asked {
  return { method: 'GET', url: location.origin + path, headers: { authorization: `Bearer ${texts.yourKey}` } }
}

/** Every record has it: the request that it was, or the one that makes it again. */
export function CurlButton({ asked }: { asked: () => Asked }) {
  return <CopyButton wide label={texts.copyCurl} value={() => curlOf(asked())} />
}
