/** What was run. Running something again is among the integrations' routes. */
import type { Route } from '../../route.ts'
import { getExecution } from './get.ts'
import { listExecutions } from './list.ts'

export const executionRoutes: Route[] = [listExecutions, getExecution]
