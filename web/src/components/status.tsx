import type { CSSProperties } from 'react'

export type Tone = 'good' | 'bad' | 'warn' | 'idle' | 'accent'

interface StatusProps { tone: Tone, children: string, title?: string, size?: 'sm', style?: CSSProperties }

/** A dot and a word: colour never says it alone. No component of Mantine's, since lists have one in each row. */
export function Status({ tone, children, size, style, title }: StatusProps) {
  return <span className="app-status" data-tone={tone} data-size={size} title={title} style={style}>{children}</span>
}
