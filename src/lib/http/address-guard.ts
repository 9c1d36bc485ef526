/**
 * Which addresses outgoing connections may reach. Everything that leaves the hub asks here with the address that it is about
 * to connect to, never with a name: between asking about a name and connecting, its DNS answer may change.
 */
import dns, { type LookupAddress } from 'node:dns'
import net, { type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { HubError } from '../../errors.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Network = [Address, number]

export interface AddressGuardOptions {
  /** CIDRs, or single addresses, that may be reached besides public addresses. */
  allowNetworks: string[]
  /** How names become addresses; the system's resolver unless given. */
  lookup?: (hostname: string) => Promise<LookupAddress[]>
}

export interface AddressGuard {
  /** Takes an IP address, not a name. Throws HubError `address_refused`. */
  assertAllowed(address: string): void
  /**
   * For protocols other than HTTP: the address to connect to for a name or a literal address. Connect to it, not to the name.
   * Throws HubError `address_refused`, or `upstream_unavailable` for a name that doesn't resolve.
   */
  resolveHost(hostname: string): Promise<string>
  /** The `lookup` for net.connect and tls.connect. They don't call it for literal addresses: those need `assertAllowed`. */
  lookup: LookupFunction
}

/**
 * IPv4 networks that are not the public internet (IANA's special-purpose registry), and the one public address that is a
 * cloud's own: Azure's platform service.
 */
const closedV4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12',
  '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24',
  '224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32',
].map((network) => ipaddr.parseCIDR(network))

/** Of IPv6 only global unicast is public at all; this leaves out ::, ::1, fc00::/7, fe80::/10, ff00::/8, NAT64 and whatever comes. */
const publicV6 = ipaddr.parseCIDR('2000::/3')
/** Within it: protocol assignments with Teredo, documentation twice, and 6to4, which carries an IPv4 address inside. */
const closedV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((network) => ipaddr.parseCIDR(network))

const v4Compatible = ipaddr.parseCIDR('::/96')
const v4Mapped = ipaddr.parseCIDR('::ffff:0:0/96')

/** Throws RangeError, naming the network, for an entry of `allowNetworks` that is no CIDR. */
export function createAddressGuard({ allowNetworks, lookup: resolve = systemLookup }: AddressGuardOptions): AddressGuard {
  const opened = allowNetworks.map(parseNetwork)

  const judge = (text: string): 'public' | 'opened' | 'refused' => {
    if (net.isIP(text) === 0) return 'refused'
    const address = plainAddress(text)
    if (isWithin(address, opened)) return 'opened'
    return isPublic(address) ? 'public' : 'refused'
  }

  const assertAllowed = (address: string): void => {
    if (judge(address) === 'refused') throw refused(`Outgoing calls may not reach ${address}.`)
  }

  const usableAddresses = async (hostname: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    const answers = isLocalName(hostname) ? loopback : await resolveName(resolve, hostname)
    const [first, ...others] = usable(answers, judge)
    if (first !== undefined) return [first, ...others]
    if (answers.length === 0) throw unresolved(hostname)
    throw refused(`Outgoing calls may not reach the address of ${hostname}.`, answers)
  }

  return {
    assertAllowed,
    resolveHost: async (hostname) => {
      const literal = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname
      if (net.isIP(literal) === 0) return (await usableAddresses(hostname))[0].address
      assertAllowed(literal)
      return literal
    },
    lookup: (hostname, options, callback) => {
      usableAddresses(hostname).then(
        // Out of the promise, so that what the callback throws is not taken for a failed lookup.
        (addresses) => setImmediate(() => {
          if (options.all === true) callback(null, addresses)
          else callback(null, addresses[0].address, addresses[0].family)
        }),
        (error: NodeJS.ErrnoException) => setImmediate(() => { callback(error, '', 0) }))
    },
  }
}

/** Whether an address is in one of these networks or is one of these addresses. Throws RangeError, naming the one that is neither. */
export function networkList(networks: readonly string[]): (address: string) => boolean {
  const parsed = networks.map(parseNetwork)
  return (address) => net.isIP(address) !== 0 && isWithin(plainAddress(address), parsed)
}

/** The guard, for connections that may go to these networks alone. What it refuses stays refused. */
export function narrowedGuard(guard: Pick<AddressGuard, 'assertAllowed' | 'lookup'>, networks: readonly string[]): Pick<AddressGuard, 'assertAllowed' | 'lookup'> {
  const isListed = networkList(networks)
  return {
    assertAllowed(address) {
      guard.assertAllowed(address)
      if (!isListed(address)) throw refused(`${address} is not among the addresses that this endpoint may have.`)
    },
    lookup: (hostname, options, callback) => {
      guard.lookup(hostname, { ...options, all: true }, (error, answers) => {
        const listed = error === null ? (answers as LookupAddress[]).filter(({ address }) => isListed(address)) : []
        const [first] = listed
        if (error !== null) callback(error, '', 0)
        else if (first === undefined) callback(refused(`${hostname} does not resolve to an address that this endpoint may have.`, answers as LookupAddress[]) as NodeJS.ErrnoException, '', 0)
        else if (options.all === true) callback(null, listed)
        else callback(null, first.address, first.family)
      })
    },
  }
}

const loopback: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }]

/**
 * Answers to connect to. One refused address spoils the public ones beside it: that is what a rebinding attempt looks like.
 * Networks which the operator opened stay usable: `localhost` has ::1 beside 127.0.0.1, and only one of them may be open.
 */
function usable(answers: LookupAddress[], judge: (address: string) => string): LookupAddress[] {
  const verdicts = answers.map(({ address }) => judge(address))
  return verdicts.includes('refused') ? answers.filter((_, index) => verdicts[index] === 'opened') : answers
}

/** RFC 6761: `localhost` and everything under it is loopback. Not asked of DNS, which might say something else. */
function isLocalName(hostname: string): boolean {
  return /^(.+\.)?localhost\.*$/i.test(hostname)
}

async function resolveName(resolve: (hostname: string) => Promise<LookupAddress[]>, hostname: string): Promise<LookupAddress[]> {
  try {
    return await resolve(hostname)
  } catch (cause) {
    throw unresolved(hostname, cause)
  }
}

function systemLookup(hostname: string): Promise<LookupAddress[]> {
  return dns.promises.lookup(hostname, { all: true, order: 'verbatim' })
}

/** An IPv4 address in IPv6 clothes is judged as the IPv4 address that it reaches. */
function plainAddress(text: string): Address {
  const address = ipaddr.parse(text)
  if (address.kind() === 'ipv4' || !isWithin(address, [v4Mapped, v4Compatible])) return address
  const bytes = address.toByteArray()
  const embedded = bytes.slice(12)
  // :: and ::1 are addresses of their own, not 0.0.0.0 and 0.0.0.1.
  return bytes[10] === 0 && embedded[0] === 0 ? address : ipaddr.fromByteArray(embedded)
}

function isPublic(address: Address): boolean {
  if (address.kind() === 'ipv4') return !isWithin(address, closedV4)
  return isWithin(address, [publicV6]) && !isWithin(address, closedV6)
}

function isWithin(address: Address, networks: Network[]): boolean {
  return networks.some((network) => network[0].kind() === address.kind() && address.match(network))
}

function parseNetwork(text: string): Network {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const widest = [0, 0, 0, 0, 32, 0, 128][net.isIP(address)] ?? 0
  const bits = prefix === undefined ? widest : Number(prefix)
  if (widest === 0 || address.includes('%') || bits > widest) throw new RangeError(`"${text}" is not a network such as 10.0.0.0/8 or fd00::/8`)
  const parsed = ipaddr.parse(address)
  if (!isWithin(parsed, [v4Mapped])) return [parsed, bits]
  if (bits < 96) throw new RangeError(`"${text}" covers more than v4-mapped addresses: write the IPv4 network itself`)
  return [plainAddress(address), bits - 96]
}

/** The addresses go into the cause only: what internal names resolve to is nobody's business outside. */
function refused(message: string, answers: LookupAddress[] = []): HubError {
  const cause = answers.length === 0 ? undefined : new Error(`resolved to ${answers.map(({ address }) => address).join(', ')}`)
  return new HubError('address_refused', message, { cause, beforeSending: true })
}

function unresolved(hostname: string, cause?: unknown): HubError {
  return new HubError('upstream_unavailable', `The name ${hostname} does not resolve.`, { cause, beforeSending: true })
}
