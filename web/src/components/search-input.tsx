import { CloseButton, TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { texts } from './texts.ts'

export interface SearchInputProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  value: string | undefined
  /** Called a moment after typing stopped. */
  onSearch(value: string | undefined): void
}

export function SearchInput({ value, onSearch, label, ...rest }: SearchInputProps) {
  const [text, setText] = useState(value ?? '')
  const sent = useRef(value ?? '')
  const search = useDebouncedCallback((next: string) => {
    sent.current = next
    onSearch(next === '' ? undefined : next)
  }, 180)
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
  return (
    <TextInput
      type="search" aria-label={typeof label === 'string' ? label : texts.search} placeholder={typeof label === 'string' ? label : texts.search} leftSection={<Search size={14} />}
      value={text} onChange={(event) => { type(event.currentTarget.value) }} {...rest}
      rightSection={text === '' ? null : <CloseButton size="sm" aria-label={texts.clear} onClick={() => { type('') }} />}
    />
  )
}
