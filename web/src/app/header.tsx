import { ActionIcon, Button, Group, Kbd, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Check, ChevronsUpDown, Search } from 'lucide-react'
import { Suspense, useEffect, useState } from 'react'
import { Mark } from '../components/mark.tsx'
import { AccountMenu } from '../features/session/account-menu.tsx'
import { useLiveState } from '../hub/live-context.ts'
import { sessionQuery, useTenant } from '../hub/session.ts'
import { RouteLink, useGo } from '../routing/link.tsx'
import { pathTo, usePath } from '../routing/paths.ts'
import { texts } from './texts.ts'
import { afterThePage, lazily } from '../components/lazily.ts'

const loadPalette = async () => (await import('./palette.tsx')).Palette
const Palette = lazily(loadPalette)

export function Header() {
  const [asked, setAsked] = useState(0)
  const openPalette = (): void => { setAsked(asked + 1) }
  useEffect(() => {
    // Before somebody asks for it.
    afterThePage().then(loadPalette).catch(() => undefined)
  }, [])
  useHotkeys([['mod+K', openPalette]], [])
  const path = usePath()
  return (
    <header className="app-header">
      <div className="app-header-inner">
        <UnstyledButton component={RouteLink} to={path('integrations')} aria-label={`${texts.product}: ${texts.home}`}>
          <Group gap={9} wrap="nowrap"><Mark size={25} /><Text fw={650} className="app-hide-sm">{texts.product}</Text></Group>
        </UnstyledButton>
        <TenantSwitcher />
        <div style={{ flex: 1 }} />
        <Button variant="default" className="app-search app-hide-sm" leftSection={<Search size={14} />} onClick={openPalette}
          rightSection={<Kbd size="xs">{/Mac|iP/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</Kbd>} styles={{ label: { flex: 1, textAlign: 'start' } }}>{texts.search}</Button>
        <ActionIcon hiddenFrom="sm" size="lg" variant="default" onClick={openPalette} aria-label={texts.searchLabel}><Search size={16} /></ActionIcon>
        <LiveDot />
        <AccountMenu />
        {asked > 0 && <Suspense><Palette asked={asked} /></Suspense>}
      </div>
    </header>
  )
}

function TenantSwitcher() {
  const { slug, name } = useTenant()
  const { data: session } = useQuery(sessionQuery)
  const go = useGo()
  const tenants = session?.tenants ?? []
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="subtle" color="gray" rightSection={<ChevronsUpDown size={13} />} aria-label={`${texts.tenant}: ${name}`} styles={{ label: { maxWidth: 160 } }}>
          <span className="app-clip" dir="auto">{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{texts.tenant}</Menu.Label>
        {tenants.map((each) => (
          <Menu.Item key={each.id} leftSection={each.slug === slug ? <Check size={14} /> : <span style={{ width: 14 }} />} onClick={() => { go(pathTo(each.slug, 'integrations')) }}>
            <span dir="auto">{each.name}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const stateTexts = { live: [texts.live, texts.liveHelp], connecting: [texts.connecting, texts.connectingHelp], offline: [texts.offline, texts.offlineHelp] } as const

function LiveDot() {
  const state = useLiveState()
  const [label, help] = stateTexts[state]
  return (
    <Tooltip label={help}>
      <Group gap={6} wrap="nowrap" role="status" aria-live="polite">
        <span className="app-live-dot" data-state={state} />
        {state === 'offline' ? <Text size="xs">{label}</Text> : <Text size="xs" c="dimmed" className="app-hide-sm">{label}</Text>}
      </Group>
    </Tooltip>
  )
}
