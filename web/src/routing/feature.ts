/** What a feature tells the app of itself. Its pages come with the first visit; what stands here is in the first load. */
import type { LucideIcon } from 'lucide-react'
import type { Scope, Tenant } from '../hub/session.ts'

export interface Tab {
  /** Last part of its path below `/t/<tenant>/`. */
  path: string
  label: string
  icon: LucideIcon
  /** Who may not is not shown it. */
  needs?: Scope
}

export interface Command {
  id: string
  label: string
  description?: string
  icon: LucideIcon
  /** Path below `/t/<tenant>/`, with its query. */
  to: string
}

export interface Feature {
  tab?: Tab
  /** What the palette always offers. */
  commands?(tenant: Tenant): Command[]
  /** What the palette finds for some words. */
  find?(tenant: Tenant, words: string, signal: AbortSignal): Promise<Command[]>
}
