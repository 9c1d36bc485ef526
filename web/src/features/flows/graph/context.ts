import { createContext, useContext } from 'react'
import type { GraphProps } from './graph.tsx'

/** What nodes know of the graph's life; what they are is in their data, which changes with the document alone. */
export interface GraphLife extends Pick<GraphProps, 'chosen' | 'onChoose' | 'standings' | 'findings' | 'deeds' | 'onStart'> {
  /** The one that the Tab key reaches. */
  active: string | undefined
  onFocus(pointer: string): void
}

export const GraphContext = createContext<GraphLife | undefined>(undefined)

export function useGraph(): GraphLife {
  const life = useContext(GraphContext)
  if (life === undefined) throw new Error('Outside of a graph.')
  return life
}
