import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { FlowFinding } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import type { Document } from '../deeds.ts'

const PAUSE_MS = 350

export interface Checked {
  /** Of the text as it was a moment ago; undefined before the first answer. */
  findings: FlowFinding[] | undefined
  version: string | null | undefined
  isChecking: boolean
  error: Error | null
}

/** What the hub finds wrong with the document, a moment after typing stopped. */
export function useValidation({ text, format }: Document, isWanted: boolean): Checked {
  const { hub, slug } = useTenant()
  const [settled] = useDebouncedValue(text, PAUSE_MS)
  const { data, error, isFetching } = useQuery({
    queryKey: [slug, 'validate', format, settled], enabled: isWanted, staleTime: 30_000, gcTime: 60_000, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => hub.post('/api/v1/flows/validate', { body: settled, contentType: `application/${format}`, signal }),
  })
  return { findings: data?.findings, version: data?.version, isChecking: isFetching || settled !== text, error }
}
