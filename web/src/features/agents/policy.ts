import type { ApiKey } from '../../hub/client.ts'

/** What the key of an agent may see and call. */
export type Policy = NonNullable<ApiKey['agent']>

export const nothingAllowed: Policy = { operations: [], flows: [], callsPerMinute: 60, quota: null, dryRun: false }

export const allowsNothing = ({ operations, flows }: Policy): boolean => operations.length === 0 && flows.length === 0
