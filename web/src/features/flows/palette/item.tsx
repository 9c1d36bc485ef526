import { NavLink } from '@mantine/core'
import type { ReactNode } from 'react'
import { useHandle } from '../graph/dragging.ts'
import type { AddPlace } from '../graph/graph.tsx'

interface PaletteItemProps {
  label: string
  description: string
  icon?: ReactNode
  disabled?: boolean
  /** Without a place: where one is asked for, or behind the task that is open. */
  onPick(place?: AddPlace): void
}

/** Taken by a click, or dragged to where it is to stand. */
export function PaletteItem({ label, description, icon, disabled = false, onPick }: PaletteItemProps) {
  const handle = useHandle(disabled ? undefined : { label, drop: onPick })
  return (
    <NavLink
      component="button" type="button" className="flow-handle" noWrap label={label} description={description} leftSection={icon} disabled={disabled} onClick={() => { onPick() }}
      {...handle}
    />
  )
}
