/** Large values. */
import type { Route } from '../../route.ts'
import { getBlob } from './get.ts'

export const blobRoutes: Route[] = [getBlob]
