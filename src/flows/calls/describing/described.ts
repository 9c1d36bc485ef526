/** What is told of what a call may be made with. */

export interface Offered {
  kind: 'operation' | 'channel' | 'service' | 'method' | 'tool' | 'prompt' | 'resource'
  /** As it stands in the call. */
  name: string
  summary: string
}

export interface Described {
  offers: Offered[]
  /** JSON Schema of what the chosen one takes; undefined where none is chosen, or it does not say. */
  input: Record<string, unknown> | undefined
}

/** Of a description, which may be long, what fits a list. */
export const summaryOf = (...texts: unknown[]): string => (texts.find((text) => typeof text === 'string' && text !== '') as string | undefined ?? '').split('\n')[0]!.slice(0, 300)
