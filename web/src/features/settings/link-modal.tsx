import { ShownOnce } from '../../components/shown-once.tsx'
import { texts } from './texts.ts'

/** A one-time link. */
export function LinkModal({ link: { url, mailed }, onClose }: { link: { url: string, mailed: boolean }, onClose(): void }) {
  return <ShownOnce title={texts.linkTitle} text={<>{texts.linkText} {mailed && texts.linkMailed}</>} value={url} onClose={onClose} />
}
