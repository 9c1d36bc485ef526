import { Code } from '@mantine/core'
import type { ReactNode } from 'react'

const marks = /`([^`]+)`|!?\[([^\]]{0,200})\]\([^)]{0,500}\)|\*\*([^*]+)\*\*|<\/?(?:a|b|blockquote|br|code|div|em|h[1-6]|hr|i|img|li|ol|p|pre|span|strong|sub|sup|table|tbody|td|th|thead|tr|ul)\b[^>]{0,200}>/gi

/** A description, which strangers write as Markdown: what stands between backticks is code, of links and other marks the words stay. */
export function described(text: ReactNode): ReactNode {
  if (typeof text !== 'string') return text
  const parts: ReactNode[] = []
  let end = 0
  for (const found of text.matchAll(marks)) {
    const [whole, code, link, strong] = found
    parts.push(text.slice(end, found.index), code === undefined ? link ?? strong ?? ' ' : <Code key={found.index}>{code}</Code>)
    end = found.index + whole.length
  }
  return [...parts, text.slice(end)]
}
