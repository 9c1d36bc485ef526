import { TagsInput, type TagsInputProps } from '@mantine/core'
import { useState } from 'react'

/** Words that one types, or takes from a list: the list goes once Enter has taken one, and comes back with the next letter. */
export function Tags({ onKeyDown, ...props }: TagsInputProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <TagsInput {...props} dropdownOpened={isOpen} onDropdownOpen={() => { setOpen(true) }} onDropdownClose={() => { setOpen(false) }}
      onKeyDown={(event) => {
        onKeyDown?.(event)
        if (event.key === 'Enter') setOpen(false)
      }} />
  )
}
