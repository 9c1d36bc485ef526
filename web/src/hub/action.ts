/** Changing something at the hub. */
import { useMutation, type UseMutationResult } from '@tanstack/react-query'
import { useStale } from './queries.ts'
import { useTenant, type Tenant } from './session.ts'

export interface ActionOptions<Input, Result> {
  run(tenant: Tenant, input: Input): Promise<Result>
  /** Paths whose contents it changes. */
  changes?: string[]
  done?(result: Result, input: Input): void
  /** Where it is not shown beside what was done. */
  failed?(error: Error, input: Input): void
}

/** What was changed is read again before `done`, whether it succeeded or not: a failure too may have changed something. */
export function useAction<Input = void, Result = unknown>({ run, changes = [], done, failed }: ActionOptions<Input, Result>): UseMutationResult<Result, Error, Input> {
  const tenant = useTenant()
  const stale = useStale()
  return useMutation<Result, Error, Input>({
    mutationFn: (input) => run(tenant, input),
    onSettled: () => { void stale(...changes) },
    ...done && { onSuccess: done },
    ...failed && { onError: failed },
  })
}
