import { RouteLink } from '../routing/link.tsx'
import { useCurrentInView } from './use-current-in-view.ts'

export interface Strip { key: string, label: string, to: string, isCurrent: boolean }

/** Parts of a page, each at an address of its own. */
export function TabStrip({ label, tabs }: { label: string, tabs: Strip[] }) {
  const row = useCurrentInView(tabs.find(({ isCurrent }) => isCurrent)?.key ?? '')
  return (
    <nav ref={row} className="app-tabs" aria-label={label}>
      {tabs.map(({ key, label: text, to, isCurrent }) => <RouteLink key={key} to={to} isExact className="app-tab" {...isCurrent ? { 'aria-current': 'page' as const } : { 'aria-current': undefined }}>{text}</RouteLink>)}
    </nav>
  )
}
