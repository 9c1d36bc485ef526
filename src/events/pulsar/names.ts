/** Names in Pulsar: where a broker is, and what a topic's whole name is. */

/** What Pulsar takes as a name of a tenant, a namespace or, here, a topic. Dots alone would walk up the path that it is put into. */
const namePart = /^(?!\.{1,2}$)[-=:.\w]{1,200}$/

export interface Topic { domain: 'persistent' | 'non-persistent', tenant: string, namespace: string, name: string }

/** `orders`, `tenant/namespace/orders` or `persistent://tenant/namespace/orders`; undefined for what is none. */
export function readTopic(text: string): Topic | undefined {
  const [, domain = 'persistent', path = ''] = /^(?:(persistent|non-persistent):\/\/)?(.*)$/s.exec(text) ?? []
  const parts = path.split('/')
  const [tenant, namespace, name] = parts.length === 1 ? ['public', 'default', path] : parts
  if (parts.length !== 1 && parts.length !== 3 || !isName(tenant) || !isName(namespace) || !isName(name)) return undefined
  return { domain: domain as Topic['domain'], tenant, namespace, name }
}

export function isName(text: string | undefined): text is string {
  return text !== undefined && namePart.test(text)
}

/** For instance `persistent://public/default/orders`. */
export function wholeName({ domain, tenant, namespace, name }: Topic): string {
  return `${domain}://${tenant}/${namespace}/${name}`
}

/** Tells apart topics of the same name on two brokers. */
export function topicAddress(serviceUrl: string, topic: Topic): string {
  return new URL(serviceUrl).origin + pathOf(topic)
}

function pathOf({ domain, tenant, namespace, name }: Topic): string {
  return `/${[domain, tenant, namespace, name].map(encodeURIComponent).join('/')}`
}

export interface Endpoint {
  kind: 'producer' | 'consumer'
  topic: Topic
  subscription?: string
  query: Record<string, string | number>
}

/** The address that a WebSocket is opened at. */
export function endpointUrl(serviceUrl: string, { kind, topic, subscription, query }: Endpoint): URL {
  const base = new URL(serviceUrl)
  const url = new URL(`${base.pathname.replace(/\/+$/, '')}/ws/v2/${kind}${pathOf(topic)}${subscription === undefined ? '' : `/${encodeURIComponent(subscription)}`}`, base)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  return url
}

/** Why a text is no address of a broker; undefined where it is one. */
export function serviceUrlFault(text: string): string | undefined {
  const url = URL.parse(text)
  if (url?.protocol === 'pulsar:' || url?.protocol === 'pulsar+ssl:') return "is the binary protocol's: give the address of the WebSocket API, such as ws://broker:8080 or wss://broker:8443"
  if (url === null || url.protocol !== 'ws:' && url.protocol !== 'wss:' || url.hostname === '') return 'is not an address such as ws://broker:8080 or wss://broker:8443'
  if (url.username !== '' || url.password !== '') return 'holds a user name or password: a token belongs into `authentication`'
  if (url.search !== '' || url.hash !== '') return 'must end with the path'
  return undefined
}

/** Where Pulsar's own clients put what they give up, unless the rule says otherwise. */
export function deadLetterTopicOf({ topic, subscription, deadLetterTopic }: { topic: string, subscription: string, deadLetterTopic?: string | undefined }): Topic {
  if (deadLetterTopic !== undefined) return readTopic(deadLetterTopic)!
  const { name, ...place } = readTopic(topic)!
  return { ...place, name: `${name}-${subscription}-DLQ` }
}
