/** Runs of flows. */
import type { Route } from '../../route.ts'
import { getTestCase, replayTestCase, retryRun } from './again.ts'
import { getRun, getRunDefinition, listRuns } from './read.ts'
import { startRun } from './start.ts'
import { cancelRun, resumeRun, suspendRun } from './steer.ts'

export const runRoutes: Route[] = [startRun, listRuns, getRun, getRunDefinition, cancelRun, suspendRun, resumeRun, retryRun, getTestCase, replayTestCase]
