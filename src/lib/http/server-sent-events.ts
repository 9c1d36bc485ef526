/** Reads a stream of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */

export interface ServerSentEvent {
  /** Undefined where it has none of its own. */
  id: string | undefined
  /** `message` where it has no name. */
  name: string
  data: string
}

/** What was begun and did not end is left out. */
export async function* readEvents(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent, void, undefined> {
  let [id, name, data]: [string | undefined, string, string[]] = [undefined, 'message', []]
  for await (const line of linesOf(stream)) {
    if (line === '') {
      if (data.length > 0 || id !== undefined) yield { id, name, data: data.join('\n') }
      ;[id, name, data] = [undefined, 'message', []]
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!
    if (field === 'data') data.push(value)
    else if (field === 'event') name = value
    else if (field === 'id' && !value.includes('\0')) id = value
  }
}

/** Lines end with CR, LF or both. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  // Pieces of a line that is not over: a long one comes in many, and is put together once.
  let pieces: string[] = []
  let afterCr = false
  for await (const chunk of stream) {
    let text = decoder.decode(chunk, { stream: true })
    if (afterCr && text.startsWith('\n')) text = text.slice(1)
    if (text === '') continue
    afterCr = text.endsWith('\r')
    const lines = text.split(/\r\n|\n|\r/)
    pieces.push(lines[0]!)
    for (const next of lines.slice(1)) {
      yield pieces.join('')
      pieces = [next]
    }
  }
}
