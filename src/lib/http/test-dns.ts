/** A DNS server for tests: answers A questions over UDP, each with the next of the given answers, the last one for ever. */
import dgram from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import { once } from 'node:events'

export interface DnsStub extends AsyncDisposable {
  questions: string[]
  lookup(hostname: string): Promise<LookupAddress[]>
}

export async function startDnsStub(answers: string[][]): Promise<DnsStub> {
  const socket = dgram.createSocket('udp4')
  const questions: string[] = []
  socket.on('message', (message, peer) => {
    const addresses = answers[Math.min(questions.length, answers.length - 1)] ?? []
    questions.push(questionName(message))
    socket.send(reply(message, addresses), peer.port, peer.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return {
    questions,
    lookup: async (hostname) => (await resolver.resolve4(hostname)).map((address) => ({ address, family: 4 })),
    [Symbol.asyncDispose]: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** RFC 1035: a header of 12 bytes, then labels with their lengths, up to an empty one. */
function questionName(message: Buffer): string {
  const labels: string[] = []
  for (let at = 12; (message[at] ?? 0) !== 0; at += (message[at] ?? 0) + 1) {
    labels.push(message.toString('latin1', at + 1, at + 1 + (message[at] ?? 0)))
  }
  return labels.join('.')
}

function reply(question: Buffer, addresses: string[]): Buffer {
  const questionEnd = question.indexOf(0, 12) + 5
  const header = Buffer.alloc(12)
  question.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8180, 2) // an answer, recursion available, no error
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(addresses.length, 6)
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16)
    record.writeUInt16BE(0xc00c, 0) // the name: see byte 12
    record.writeUInt16BE(1, 2) // A
    record.writeUInt16BE(1, 4) // internet
    record.writeUInt32BE(0, 6) // to be kept for 0 s
    record.writeUInt16BE(4, 10)
    Buffer.from(address.split('.').map(Number)).copy(record, 12)
    return record
  })
  return Buffer.concat([header, question.subarray(12, questionEnd), ...records])
}
