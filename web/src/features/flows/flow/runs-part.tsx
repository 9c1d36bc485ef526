import { RunsList } from '../runs/runs-list.tsx'
import type { PartProps } from './part.ts'

export function RunsPart({ flow: { flowId } }: PartProps) {
  return <RunsList flowId={flowId} />
}
