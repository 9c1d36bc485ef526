import { Skeleton, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Suspense, type ReactNode } from 'react'
import { lazily } from '../../components/lazily.ts'
import { useGet } from '../../hub/queries.ts'
import { useUrl } from '../../routing/url.ts'
import { useGuide } from './guide-state.ts'
import { texts } from './texts.ts'

const Guide = lazily(async () => (await import('./guide.tsx')).Guide)
const Overview = lazily(async () => (await import('./overview.tsx')).Overview)

/** The first tab with what stands about it: the guide above, the overview beside; on narrower screens folded away above. */
export function Home({ children }: { children: ReactNode }) {
  const guide = useGuide()
  const isWide = useMediaQuery('(min-width: 87.5em)', undefined, { getInitialValueInEffect: false })
  if (guide.state === 'unknown') return null
  return (
    <>
      {guide.state === 'shown' && <Suspense fallback={<Skeleton height={214} radius="md" />}><Guide guide={guide} /></Suspense>}
      {!isWide && <Folded />}
      <div className="app-home">
        <div className="app-shrink">{children}</div>
        {isWide && <aside aria-label={texts.overview}><Suspense fallback={<Skeleton height={480} radius="md" />}><Overview /></Suspense></aside>}
      </div>
    </>
  )
}

function Folded() {
  const [{ overview }, setUrl] = useUrl<'overview'>()
  const isOpen = overview === 'open'
  const { data: attention } = useGet('/api/v1/attention', undefined, { refetchInterval: 30_000 })
  const count = attention?.items.length ?? 0
  return (
    <details className="app-folded" open={isOpen}>
      <summary onClick={(event) => {
        event.preventDefault()
        setUrl({ overview: isOpen ? undefined : 'open' })
      }}><Text span size="sm" fw={550}>{texts.overview}</Text> <Text span size="sm" {...count > 0 ? { style: { color: 'var(--app-bad)' } } : { c: 'dimmed' }}>{count > 0 ? texts.needing(count) : texts.overviewOf}</Text></summary>
      {isOpen && <Suspense fallback={<Skeleton height={480} radius="md" />}><Overview /></Suspense>}
    </details>
  )
}
