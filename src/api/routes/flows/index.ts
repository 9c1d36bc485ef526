/** Flows as documents. Their runs are in routes/runs/. */
import type { Route } from '../../route.ts'
import { applyFlows, planFlows } from './apply.ts'
import { approvalRoutes } from './approval.ts'
import { diffFlow, exportFlows, getFlow, getFlowVersion, listFlows, listFlowVersions } from './read.ts'
import { getLibraryFlow, installLibraryFlow, listLibraryFlows } from './library.ts'
import { createFlow, deleteDraft, deleteFlow, describeCall, disableFlow, enableFlow, evaluateExpression, publishVersion, validateFlow } from './write.ts'

export const flowRoutes: Route[] = [
  createFlow, validateFlow, evaluateExpression, describeCall, listFlows, exportFlows, planFlows, applyFlows, listLibraryFlows, getLibraryFlow, installLibraryFlow,
  getFlow, deleteFlow, enableFlow, disableFlow, diffFlow, listFlowVersions, getFlowVersion, publishVersion, deleteDraft, ...approvalRoutes,
]
