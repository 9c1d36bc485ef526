/** A real gRPC server: unary and streaming methods, reflection, TLS where a certificate is given. */
import { Server, ServerCredentials, status, type ServerDuplexStream, type ServerReadableStream, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, type ServiceDefinition } from '@grpc/grpc-js'
import { fromJSON, type PackageDefinition } from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'
import protobuf from 'protobufjs'

export const greeterProto = `
  syntax = "proto3";
  package acme;
  import "acme/types.proto";
  service Greeter {
    rpc SayHello (HelloRequest) returns (HelloReply);
    rpc Count (HelloRequest) returns (stream HelloReply);
    rpc Gather (stream HelloRequest) returns (HelloReply);
    rpc Echo (stream HelloRequest) returns (stream HelloReply);
    rpc Fail (HelloRequest) returns (HelloReply);
    rpc Hang (HelloRequest) returns (HelloReply);
    rpc Flood (HelloRequest) returns (stream HelloReply);
  }
  message HelloRequest { string name = 1; int64 big_number = 2; Mood mood = 3; bytes blob = 4; }
  message HelloReply { string message = 1; int64 big_number = 2; Mood mood = 3; bytes blob = 4; }
`
export const typesProto = 'syntax = "proto3"; package acme; enum Mood { CALM = 0; GLAD = 1; }'

interface Message { name?: string, message?: string }

export interface GrpcServer { port: number, metadata: Record<string, unknown>[], close(): Promise<void> }

function definitionOf(): PackageDefinition {
  const root = new protobuf.Root()
  protobuf.parse(typesProto, root, { keepCase: true })
  protobuf.parse(greeterProto, root, { keepCase: true })
  return fromJSON(root.resolveAll().toJSON(), { keepCase: true, longs: String, enums: String, bytes: String })
}

export async function startGrpcServer({ tls }: { tls?: { key: string, cert: string } } = {}): Promise<GrpcServer> {
  const server = new Server()
  const definition = definitionOf()
  const metadata: Record<string, unknown>[] = []
  server.addService(definition['acme.Greeter'] as ServiceDefinition, {
    SayHello(call: ServerUnaryCall<Message, Message>, answer: sendUnaryData<Message>) {
      metadata.push(call.metadata.getMap())
      answer(null, { ...call.request, message: `Hello ${call.request.name}` })
    },
    Count(call: ServerWritableStream<Message, Message>) {
      for (const at of [1, 2, 3]) call.write({ message: `${call.request.name} ${at}` })
      call.end()
    },
    Gather(call: ServerReadableStream<Message, Message>, answer: sendUnaryData<Message>) {
      const names: (string | undefined)[] = []
      call.on('data', ({ name }: Message) => { names.push(name) }).on('end', () => { answer(null, { message: names.join() }) })
    },
    Echo(call: ServerDuplexStream<Message, Message>) {
      call.on('data', ({ name = '' }: Message) => { call.write({ message: name }) }).on('end', () => { call.end() })
    },
    Fail(call: ServerUnaryCall<Message, Message>, answer: sendUnaryData<Message>) { answer({ code: status[call.request.name as keyof typeof status] as number, details: 'because of you' }) },
    Hang() { /* Never answers. */ },
    Flood(call: ServerWritableStream<Message, Message>) {
      const more = (): void => { while (!call.cancelled && call.write({ message: 'x'.repeat(100_000) })); }
      call.on('drain', more)
      more()
    },
  })
  new ReflectionService(definition).addToServer(server)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', tls === undefined ? ServerCredentials.createInsecure() : ServerCredentials.createSsl(null, [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }]), (error, bound) => { if (error === null) resolve(bound); else reject(error) })
  })
  return {
    port, metadata,
    close: async () => { server.forceShutdown() },
  }
}
