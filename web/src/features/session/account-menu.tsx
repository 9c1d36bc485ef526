import { ActionIcon, Menu, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { BookOpen, KeyRound, LogOut, Moon, Sun, UserRound } from 'lucide-react'
import { sessionQuery } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useSignOut } from './sign-out.ts'
import { texts } from './texts.ts'

export function AccountMenu() {
  const { data: session } = useQuery(sessionQuery)
  const signOut = useSignOut()
  const path = usePath()
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  return (
    <Menu>
      <Menu.Target><ActionIcon variant="default" radius="xl" size="lg" aria-label={texts.account}><UserRound size={17} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session?.user.email ? <><Text size="sm" fw={600} c="var(--mantine-color-text)">{session.user.name}</Text><Text size="xs">{session.user.email}</Text></> : texts.withoutUser}
        </Menu.Label>
        <Menu.Item leftSection={isDark ? <Sun size={15} /> : <Moon size={15} />} onClick={() => { setColorScheme(isDark ? 'light' : 'dark') }}>{isDark ? texts.light : texts.dark}</Menu.Item>
        <Menu.Item leftSection={<BookOpen size={15} />} component="a" href="/docs">{texts.reference}</Menu.Item>
        <Menu.Item leftSection={<KeyRound size={15} />} component={RouteLink} to={path('settings', { part: 'signIn' })}>{texts.ownSignIn}</Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={15} />} onClick={() => { void signOut() }}>{texts.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
