/** Hands messages from callbacks to whoever iterates over them. */
import { UNREAD_MAX } from './protocol.ts'

export class MessageQueue<Message> {
  readonly #messages: Message[] = []
  #ended = false
  #error: Error | undefined
  #wake: (() => void) | undefined

  /** False when it is full: the message was not taken. */
  push(message: Message): boolean {
    if (this.#ended || this.#messages.length >= UNREAD_MAX) return false
    this.#messages.push(message)
    this.#wake?.()
    return true
  }

  end(error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#wake?.()
  }

  /** What came before the end is handed on first. */
  async* read(): AsyncGenerator<Message, void, undefined> {
    for (;;) {
      const message = this.#messages.shift()
      if (message !== undefined) {
        yield message
        continue
      }
      if (this.#error !== undefined) throw this.#error
      if (this.#ended) return
      await new Promise<void>((resolve) => { this.#wake = resolve })
    }
  }
}
