import type { ReactNode } from 'react'

interface NamedProps { name: ReactNode, below?: ReactNode, title?: string | undefined }

/** What a row is about, and what tells it from others below. Plain elements: a list draws dozens of them at once. */
export function Named({ name, below, title }: NamedProps) {
  return (
    <div className="app-shrink" title={title}>
      <div className="app-clip app-cell-name app-cell-strong" dir="auto">{name}</div>
      {below !== undefined && below !== null && <div className="app-clip app-cell-below" dir="auto">{below}</div>}
    </div>
  )
}
