/** What a feature tells the app of itself. Its tab stands in the first load; its pages come with the first visit, its commands with the palette. */
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

/** What the palette finds of a feature. */
export interface Finder {
  /** What it always offers. */
  commands?(tenant: Tenant): Command[]
  /** What it finds for some words. */
  find?(tenant: Tenant, words: string, signal: AbortSignal): Promise<Command[]>
}
