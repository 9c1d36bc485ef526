/** Service definitions out of .proto text, or out of the descriptors that a server gives by reflection. */
import type { PackageDefinition } from '@grpc/proto-loader'
import { HubError } from '../../errors.ts'

/** Field names as they stand in the .proto file; 64-bit numbers as text, for JSON's would lose digits; bytes in base64. */
const loading = { keepCase: true, longs: String, enums: String, bytes: String, defaults: true, oneofs: true } as const
const MAX_IMPORTS = 100
const MAX_DEPTH = 50
/** Code is generated from these: nothing that is not a name may be one. */
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/
const typePattern = /^\.?[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/

export interface ProtoSource {
  /** The main file. */
  text: string
  /** A file that it imports, by the name in the import; undefined where there is none. Google's own come along. */
  readImport(name: string): Promise<string | undefined>
}

/** Throws HubError `invalid_document`. */
export async function definitionOfText({ text, readImport }: ProtoSource): Promise<PackageDefinition> {
  const { default: protobuf } = await import('protobufjs')
  const root = new protobuf.Root()
  const seen = new Set<string>()
  const add = async (source: string, of: string): Promise<void> => {
    const { imports = [], weakImports = [] } = parsed(() => protobuf.parse(source, root, { keepCase: true }), of)
    for (const name of [...imports, ...weakImports]) {
      if (seen.has(name)) continue
      seen.add(name)
      if (seen.size > MAX_IMPORTS) throw invalid(`It imports more than ${MAX_IMPORTS} files.`)
      const known = protobuf.common.get(name)
      if (known !== null) {
        root.addJSON(known.nested ?? {})
        continue
      }
      const imported = await readImport(name)
      if (imported === undefined) throw invalid(`It imports ${name.slice(0, 200)}, which is not there.`)
      await add(imported, name)
    }
  }
  await add(text, 'the .proto file')
  const json = parsed(() => root.resolveAll().toJSON({ keepComments: false }), 'the .proto file')
  checkNames(json as Namespace, 0)
  const { fromJSON } = await import('@grpc/proto-loader')
  return parsed(() => fromJSON(json, loading), 'the .proto file')
}

/** From serialised `FileDescriptorProto`s. Throws HubError `upstream_invalid_response`. */
export async function definitionOfDescriptors(files: Uint8Array[]): Promise<PackageDefinition> {
  // A FileDescriptorSet has nothing but them, as its field 1.
  const set = Buffer.concat(files.flatMap((file) => [Buffer.from([0x0a]), varint(file.length), Buffer.from(file)]))
  const [{ default: protobuf }, { default: descriptor }, { loadFileDescriptorSetFromBuffer }] = await Promise.all([import('protobufjs'), import('protobufjs/ext/descriptor/index.js'), import('@grpc/proto-loader')])
  try {
    const root = (protobuf.Root as unknown as { fromDescriptor(set: unknown): { toJSON(): Namespace } }).fromDescriptor(descriptor.FileDescriptorSet.decode(set))
    checkNames(root.toJSON(), 0)
    return loadFileDescriptorSetFromBuffer(set, loading)
  } catch (error) {
    throw new HubError('upstream_invalid_response', 'The server describes itself in a way that cannot be read.', { cause: error })
  }
}

interface Namespace {
  nested?: Record<string, Namespace>
  fields?: Record<string, { type: string, keyType?: string }>
  oneofs?: Record<string, unknown>
  methods?: Record<string, { requestType: string, responseType: string }>
  values?: Record<string, unknown>
}

function checkNames({ nested = {}, fields = {}, oneofs = {}, methods = {}, values = {} }: Namespace, depth: number): void {
  if (depth > MAX_DEPTH) throw invalid('Its types are nested too deeply.')
  for (const name of [nested, fields, oneofs, methods, values].flatMap((each) => Object.keys(each))) if (!namePattern.test(name)) throw invalid('It has a name that is none.')
  const types = [...Object.values(fields).flatMap(({ type, keyType }) => [type, keyType ?? 'string']), ...Object.values(methods).flatMap(({ requestType, responseType }) => [requestType, responseType])]
  for (const type of types) if (!typePattern.test(type)) throw invalid('It has the name of a type that is none.')
  for (const each of Object.values(nested)) checkNames(each, depth + 1)
}

function parsed<Result>(parse: () => Result, of: string): Result {
  try {
    return parse()
  } catch (error) {
    throw invalid(`In ${of.slice(0, 200)}: ${error instanceof Error ? error.message.slice(0, 300) : 'it cannot be read'}.`, error)
  }
}

function invalid(detail: string, cause?: unknown): HubError {
  return new HubError('invalid_document', `The protocol buffers are not valid. ${detail}`, { cause, beforeSending: true })
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push(rest % 128 + 128)
  }
}
