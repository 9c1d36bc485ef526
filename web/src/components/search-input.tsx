import { CloseButton, TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Search } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { texts } from './texts.ts'

export interface SearchInputProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  value: string | undefined
  /** Called a moment after typing stopped, or at once by Enter. */
  onSearch(value: string | undefined): void
  /** Enter was pressed; what is typed was told of before. */
  onEnter?: (value: string | undefined) => void
}

export function SearchInput({ value, onSearch, onEnter, label, ...rest }: SearchInputProps) {
  const [text, setText] = useState(value ?? '')
  const sent = useRef(value ?? '')
  const search = useDebouncedCallback((next: string) => {
    sent.current = next
    onSearch(next === '' ? undefined : next)
  }, 120)
  // Changed from elsewhere: by the back button, or by clearing all filters.
  useEffect(() => {
    if ((value ?? '') === sent.current) return
    sent.current = value ?? ''
    setText(value ?? '')
  }, [value])
  const type = (next: string): void => {
    setText(next)
    search(next.trim())
  }
  const enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    search.flush()
    onEnter?.(text.trim() || undefined)
  }
  return (
    <TextInput
      type="search" aria-label={typeof label === 'string' ? label : texts.search} placeholder={typeof label === 'string' ? label : texts.search} leftSection={<Search size={14} />}
      value={text} onChange={(event) => { type(event.currentTarget.value) }} onKeyDown={enter} {...rest}
      rightSection={text === '' ? null : <CloseButton size="sm" aria-label={texts.clear} onClick={() => { type('') }} />}
    />
  )
}
