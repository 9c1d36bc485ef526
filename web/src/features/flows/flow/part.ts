import type { Flow } from '../../../hub/client.ts'

/** What was typed into the document of a version, and is not stored. */
export interface Edited { version: string, text: string }

export interface PartProps {
  flow: Flow
  edited: Edited | undefined
  onEdit(edited: Edited | undefined): void
}
