/** What the call path tells of its tries, where somebody traces them. */
import type { Exchange } from '../connectors/connector.ts'
import type { Loaded } from './loaded.ts'

export interface TryFacts {
  loaded: Loaded
  operation: string
  /** 1 for the first try. */
  number: number
}

/** Its exchange over HTTP, as far as there was one and as far as it came. */
export type TryExchange = Partial<Pick<Exchange, 'method' | 'endpoint' | 'statusCode'>>

export interface TrySpan {
  /** Sent along, so that the upstream's own spans hang below this one. */
  headers: { traceparent: string }
  /** Counts once. */
  end(exchange: TryExchange | undefined, error?: unknown): void
}

export interface TryTracing {
  begin(facts: TryFacts): TrySpan
}
