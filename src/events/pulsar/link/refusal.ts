/** What a broker says when it refuses a WebSocket: it answers HTTP, with a page of HTML whose title has the reason. */
import type { IncomingMessage } from 'node:http'

const READ_CHARACTERS = 4096
const TOLD_CHARACTERS = 300

/** Never rejects. */
export async function readRefusal(response: IncomingMessage): Promise<string> {
  let page = ''
  response.setEncoding('utf8')
  try {
    for await (const chunk of response) {
      page += chunk as string
      if (page.length > READ_CHARACTERS) break
    }
  } catch { /* What has come is enough. */ }
  const reason = reasonIn(page)
  return `The broker answered ${response.statusCode} ${response.statusMessage ?? ''}`.trimEnd() + (reason === '' ? '.' : `: ${reason}`)
}

function reasonIn(page: string): string {
  const [, title = page] = /<title>([^]*?)(<\/title>|$)/i.exec(page) ?? []
  const plain = title.replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  const [, message = plain] = /"errorMsg":"(.*?)(?:"[,}]|$)/s.exec(plain) ?? []
  return message.replace(/\s+/g, ' ').trim().slice(0, TOLD_CHARACTERS)
}
