/** What people call a flow: its name, with its namespace before it where that is not `default`. */
import type { FlowDefinition } from './definition.ts'

export interface FlowPlace { namespace: string, name: string }

export function placeOf(flowId: string): FlowPlace {
  const at = flowId.indexOf('/')
  return at === -1 ? { namespace: 'default', name: flowId } : { namespace: flowId.slice(0, at), name: flowId.slice(at + 1) }
}

export function flowIdOf({ namespace, name }: FlowPlace): string {
  return namespace === 'default' ? name : `${namespace}/${name}`
}

export function placeIn({ document: { namespace, name } }: FlowDefinition): FlowPlace {
  return { namespace, name }
}
