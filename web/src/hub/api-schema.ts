import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { hub } from './client.ts'

export type Schema = Record<string, unknown>
type Fields = Record<string, Schema>

interface ApiDocument { components: { schemas: Record<string, { properties: Fields }> } }

/** A body's fields as the API itself describes them: its words are the help of a form, its bounds the checks. */
export function useApiSchema(name: 'IntegrationInput' | 'WebhookInput' | 'WebhookSourceInput' | 'PulsarBridgeInput'): UseQueryResult<Fields> {
  return useQuery({ queryKey: ['openapi'], staleTime: Infinity, queryFn: async () => await hub.get('/openapi.json') as unknown as ApiDocument, select: ({ components }) => components.schemas[name]!.properties })
}
