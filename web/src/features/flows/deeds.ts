/** What can be done to flows. */
import type { UseMutationResult } from '@tanstack/react-query'
import { notifyDone, notifyFailed } from '../../components/notify.tsx'
import { useAction } from '../../hub/action.ts'
import type { FlowSummary, StoredFlow } from '../../hub/client.ts'
import { texts } from './texts.ts'

type Named = Pick<FlowSummary, 'flowId'>
export const CHANGES = ['/api/v1/flows', '/api/v1/agent/tools']

export function useSetEnabled(): UseMutationResult<unknown, Error, Named & { enabled: boolean }> {
  return useAction<Named & { enabled: boolean }>({
    run: ({ hub }, { flowId: flow, enabled }) => hub.post(enabled ? '/api/v1/flows/{flow}/enable' : '/api/v1/flows/{flow}/disable', { path: { flow } }), changes: CHANGES,
    done: (_result, { flowId, enabled }) => { notifyDone(enabled ? texts.enabled(flowId) : texts.disabled(flowId)) }, failed: (error) => { notifyFailed(texts.changeFailed, error) },
  })
}

export function useDeleteFlow(done: () => void): UseMutationResult<unknown, Error, Named> {
  return useAction<Named>({
    run: ({ hub }, { flowId: flow }) => hub.delete('/api/v1/flows/{flow}', { path: { flow } }), changes: CHANGES,
    done(_result, { flowId }) {
      notifyDone(texts.deleted(flowId))
      done()
    },
  })
}

export interface Document { text: string, format: 'yaml' | 'json' }

export interface ToStore extends Document {
  draft: boolean
  /** The etag of the flow that the change was made from. */
  over: string | undefined
  /** Though it names what is not there. */
  isAllowed?: boolean
}

/** A failure is shown where the document is edited. */
export function useStore(done: (stored: StoredFlow, document: Document) => void): UseMutationResult<StoredFlow, Error, ToStore> {
  return useAction<ToStore, StoredFlow>({
    run: ({ hub }, { text, format, draft, over, isAllowed = draft }) => hub.post('/api/v1/flows', { query: { draft: String(draft), allowMissing: String(isAllowed) }, body: text, contentType: `application/${format}`, ...over !== undefined && { ifMatch: over } }), changes: CHANGES,
    done(stored, { draft, over: _over, isAllowed: _isAllowed, ...document }) {
      notifyDone((stored.outcome === 'unchanged' ? texts.unchanged : draft ? texts.draftSaved : texts.published)(stored.version))
      done(stored, document)
    },
  })
}
