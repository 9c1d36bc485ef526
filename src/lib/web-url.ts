/** An http or https URL: one that may become a link, or be asked. */
export function isWebUrl(text: unknown): text is string {
  return typeof text === 'string' && /^https?:$/.test(URL.parse(text)?.protocol ?? '')
}
