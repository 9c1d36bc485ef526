import type { ReactNode } from 'react'

/** Names and what they are. Those that are undefined are left out. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return <dl className="app-facts">{facts.filter(([, value]) => value !== undefined && value !== false).map(([name, value]) => <div key={name} className="app-fact"><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
}
