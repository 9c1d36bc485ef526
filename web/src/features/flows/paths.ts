/** Where flows are. Neither part of an id may hold a tilde, which stands in the path for its slash. */

/** Pages of their own below `flows/`: a flow that is called so is reached with its namespace. */
const taken = new Set(['library', 'new'])

export const flowPath = (flowId: string): string => `flows/${taken.has(flowId) ? `default~${flowId}` : flowId.replace('/', '~')}`
export const flowIdIn = (part: string): string => part.replace('~', '/').replace(/^default\//, '')
export const flowIdOf = ({ namespace, name }: { namespace: string, name: string }): string => (namespace === 'default' ? name : `${namespace}/${name}`)
