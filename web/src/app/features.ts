/** The list of features: their tabs in the order in which they stand, their routes, and what the palette finds of them. */
import { integrationsFeature, integrationsTabs } from '../features/integrations/feature.ts'
import type { Feature } from '../routing/feature.ts'

export const features: Feature[] = [integrationsFeature]

/** Below the stat cards of the page *Integration Hub*. */
export const tabRoutes = [...integrationsTabs] as const

/** Pages of their own. */
export const pageRoutes = [] as const
