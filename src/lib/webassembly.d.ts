/** What lib/ uses of WebAssembly: TypeScript declares it only together with the browser's DOM. */
declare namespace WebAssembly {
  type ImportValue = ((...values: number[]) => number) | object | number
  type Imports = Record<string, Record<string, ImportValue>>

  class Module { private readonly brand: unknown }

  class Memory {
    /** In pages of 64 KiB. */
    constructor(descriptor: { initial: number, maximum?: number })
    readonly buffer: ArrayBuffer
    /** Returns the pages there were before. */
    grow(pages: number): number
  }

  class Instance {
    constructor(module: Module, imports: Imports)
    readonly exports: Record<string, unknown>
  }

  class RuntimeError extends Error {}

  function compile(bytes: Uint8Array): Promise<Module>
}
