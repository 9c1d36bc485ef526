import { Badge, type BadgeProps } from '@mantine/core'

export type Tone = 'good' | 'bad' | 'warn' | 'idle' | 'accent'

/** A dot and a word: colour never says it alone. */
export function Status({ tone, children, ...rest }: { tone: Tone, children: string, title?: string } & Omit<BadgeProps, 'color' | 'children'>) {
  return <Badge {...rest} style={{ '--badge-dot-color': `var(--app-${tone})`, color: 'var(--mantine-color-text)' }}>{children}</Badge>
}
