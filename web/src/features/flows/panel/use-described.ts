import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { DescribedCall } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { memberOf, type Members } from '../graph/tasks.ts'

export type Described = DescribedCall
const described = ['openapi', 'asyncapi', 'grpc', 'mcp'] as const
type DescribedKind = (typeof described)[number]

export interface Describing {
  /** Undefined before anybody asked, and where the other side does not say. */
  found: Described | undefined
  isAsking: boolean
  error: Error | null
  /** Undefined for calls that nobody describes. */
  ask: (() => void) | undefined
}

const PAUSE_MS = 500
const LEAVING_MS = 400

/** What a call may be made with, once somebody asked: others are not troubled by each form that is opened. */
export function useDescribed({ call, with: given }: Members): Describing {
  const { hub, slug } = useTenant()
  const client = useQueryClient()
  const kind = described.find((each) => each === call)
  const [address, choice] = kind === undefined ? ['', ''] : [JSON.stringify(addressOf(kind, given)), JSON.stringify(choiceOf(kind, given))]
  const [settled] = useDebouncedValue(`${address} ${choice}`, PAUSE_MS)
  const [asked, setAsked] = useState<string>()
  const about = [slug, 'describe-call', call, address]
  // Of what was asked earlier, the rest is told without asking for it.
  const isWanted = kind !== undefined && settled === `${address} ${choice}` && (asked === address || client.getQueriesData({ queryKey: about }).some(([, data]) => data !== undefined))
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery<Described>({
    queryKey: [...about, choice], enabled: isWanted, staleTime: Infinity, gcTime: 300_000, retry: false, placeholderData: (before) => before,
    queryFn: ({ signal }) => hub.post('/api/v1/flows/describe-call', { body: { call: kind!, with: { ...addressOf(kind!, given), ...choiceOf(kind!, given) } }, signal }),
  })
  const latest = useRef(address)
  latest.current = address
  const ask = (): void => {
    // What was typed last comes into the document as its field is left for the button.
    setTimeout(() => {
      if (asked === latest.current) void refetch()
      else setAsked(latest.current)
    }, LEAVING_MS)
  }
  // What another one takes is not what this one does.
  return { found: !isWanted || data === undefined ? undefined : isPlaceholderData ? { ...data, input: null } : data, isAsking: isFetching, error: isWanted ? error : null, ask: kind === undefined || memberOf(memberOf(given, 'transport'), 'stdio') !== undefined ? undefined : ask }
}

function addressOf(kind: DescribedKind, given: unknown): Members {
  if (kind === 'mcp') return { transport: memberOf(given, 'transport'), method: memberOf(given, 'method') }
  if (kind !== 'grpc') return { document: memberOf(given, 'document') }
  const service = memberOf(given, 'service')
  return { proto: memberOf(given, 'proto'), service: { host: memberOf(service, 'host'), port: memberOf(service, 'port') } }
}

function choiceOf(kind: DescribedKind, given: unknown): Members {
  switch (kind) {
    case 'mcp': return { parameters: { name: memberOf(memberOf(given, 'parameters'), 'name') } }
    case 'grpc': return { service: { ...addressOf(kind, given)['service'] as Members, name: memberOf(memberOf(given, 'service'), 'name') }, method: memberOf(given, 'method') }
    case 'openapi': return { operationId: memberOf(given, 'operationId') }
    case 'asyncapi': return { operation: memberOf(given, 'operation'), channel: memberOf(given, 'channel') }
  }
}
