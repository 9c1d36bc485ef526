/**
 * One jq in WebAssembly, with its input, output and memory in our hands. Runs in a worker thread only.
 *
 * jq's `main` reads documents until there are no more. Here a read asks our `JqIo`, which may wait for the next
 * document, so that a program is compiled once and then serves as many documents as come.
 */
import { loadJq } from 'jq-wasm'
import type { Jq as JqHandle } from 'jq-wasm'

export interface JqIo {
  /**
   * Called when jq is done with the document before, if any; all of its output has been written by then.
   * Null ends the program. What it throws ends the program too, and spoils the instance.
   */
  next(): Uint8Array | null
  write(stream: 'out' | 'err', bytes: Uint8Array): void
}

/** The stack was, or may have been, overrun: nothing that this instance says can be trusted. */
export class StackOverrun extends Error {}
/** jq asked for more memory than it may have. */
export class OutOfMemory extends Error {}

const pageBytes = 65_536
/**
 * jq's stack is 1 MiB and has no guard: too deep a recursion writes over jq's own data before anything traps.
 * The stretch that starts this far below the place from which jq reads is painted, and must stay as it is.
 */
const stackDepthBytes = 704 * 1024
const guardBytes = 64 * 1024
const paint = Buffer.alloc(guardBytes, 0xa5)

type WasmFunction = (...values: number[]) => number

export class JqInstance {
  private handle: JqHandle | undefined
  private memory: WebAssembly.Memory | undefined
  private io: JqIo | undefined
  private rest: Uint8Array = new Uint8Array(0)
  private guardAt = 0
  private readonly maxMemoryBytes: number

  private constructor(maxMemoryBytes: number) {
    this.maxMemoryBytes = maxMemoryBytes
  }

  static async load(module: WebAssembly.Module, maxMemoryBytes: number): Promise<JqInstance> {
    const made = new JqInstance(maxMemoryBytes)
    made.handle = await loadJq({
      instantiateWasm: (imports, onSuccess) => {
        const instance = new WebAssembly.Instance(module, made.hook(imports))
        made.memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory)
        made.capMemory()
        onSuccess(instance, module)
      },
    })
    return made
  }

  get memoryBytes(): number { return this.memory!.buffer.byteLength }

  /**
   * Runs jq's `main` until `io.next` answers null; returns its exit code. Throws OutOfMemory, StackOverrun,
   * or what `io` threw: the instance must not be used again after that.
   */
  run(program: string, io: JqIo): number {
    this.io = io
    this.rest = new Uint8Array(0)
    this.guardAt = 0
    try {
      // `--` because a program may start with a minus sign.
      const { exitCode } = this.handle!.raw('', program, ['-c', '--unbuffered', '--'])
      this.checkStack()
      return exitCode
    } catch (error) {
      throw this.explain(error)
    } finally {
      this.io = undefined
    }
  }

  private explain(error: unknown): unknown {
    // jq ends itself by abort() for one reason: an allocation failed.
    if (error instanceof WebAssembly.RuntimeError && error.message.startsWith('Aborted()')) return new OutOfMemory()
    if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) return new StackOverrun()
    return error
  }

  /** The minified import names say nothing; the functions' own names do. */
  private hook(imports: WebAssembly.Imports): WebAssembly.Imports {
    const hooks: Record<string, WasmFunction> = {
      _fd_read: (_fd, iov, count, done) => this.read(iov!, count!, done!),
      _fd_write: (fd, iov, count, done) => this.write(fd!, iov!, count!, done!),
    }
    const found = new Set<string>()
    const hooked: WebAssembly.Imports = {}
    for (const [name, members] of Object.entries(imports)) {
      hooked[name] = Object.fromEntries(Object.entries(members).map(([key, member]) => {
        const hook = typeof member === 'function' ? hooks[member.name] : undefined
        if (hook) found.add((member as WasmFunction).name)
        return [key, hook ?? member]
      }))
    }
    if (found.size !== Object.keys(hooks).length) throw new Error('jq-wasm has changed: its reads and writes cannot be found')
    return hooked
  }

  /** jq's own loader grows the memory through this method only; the module itself would allow 256 MiB. */
  private capMemory(): void {
    const memory = this.memory!
    const grow = memory.grow.bind(memory)
    memory.grow = (pages: number) => {
      if (memory.buffer.byteLength + pages * pageBytes > this.maxMemoryBytes) throw new RangeError('jq may not have more memory')
      return grow(pages)
    }
  }

  private read(iov: number, count: number, done: number): number {
    if (this.rest.length === 0) {
      this.checkStack()
      this.rest = this.io!.next() ?? this.rest
      this.paintStack(iov)
    }
    let total = 0
    for (const target of this.buffers(iov, count)) {
      const part = this.rest.subarray(0, target.length)
      target.set(part)
      this.rest = this.rest.subarray(part.length)
      total += part.length
    }
    new DataView(this.memory!.buffer).setUint32(done, total, true)
    return 0
  }

  private write(fd: number, iov: number, count: number, done: number): number {
    let total = 0
    for (const bytes of this.buffers(iov, count)) {
      if (bytes.length > 0) this.io!.write(fd === 1 ? 'out' : 'err', bytes)
      total += bytes.length
    }
    new DataView(this.memory!.buffer).setUint32(done, total, true)
    return 0
  }

  /** Views into jq's memory: not valid any more once it has grown. */
  private buffers(iov: number, count: number): Uint8Array[] {
    const view = new DataView(this.memory!.buffer)
    return Array.from({ length: count }, (_, i) =>
      new Uint8Array(this.memory!.buffer, view.getUint32(iov + i * 8, true), view.getUint32(iov + i * 8 + 4, true)))
  }

  /** `near` is an address on the stack, close to its top. */
  private paintStack(near: number): void {
    if (this.guardAt !== 0) return
    this.guardAt = near - stackDepthBytes - guardBytes
    this.guard().set(paint)
  }

  private checkStack(): void {
    if (this.guardAt !== 0 && !paint.equals(this.guard())) throw new StackOverrun()
  }

  private guard(): Uint8Array {
    return new Uint8Array(this.memory!.buffer, this.guardAt, guardBytes)
  }
}
