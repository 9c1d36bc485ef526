/** The child process: one script after another, each told by a message. What keeps it in is given when it is started. */
import { interpret, prepare } from './interpreter.ts'
import type { ChildMessage, Script } from './messages.ts'

const send = (message: ChildMessage): void => { process.send?.(message) }

process.on('message', (script: Script) => {
  interpret(script).then(
    (result) => { send({ result }) },
    (error: unknown) => { send({ fault: error instanceof Error ? error.stack ?? error.message : String(error) }) })
})
await prepare()
send({ ready: true })
