import type { Connector } from './connector.ts'

export const builtInConnectors: Connector[] = []
