import { Button, Code, Group, Select, Stack, Text } from '@mantine/core'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { useTenant } from '../../hub/session.ts'
import { useUrl } from '../../routing/url.ts'
import { AgentKeys } from './agent-keys.tsx'
import { KeyModal } from './key-modal.tsx'
import { snippetOf, type Client } from './snippets.ts'
import { texts } from './texts.ts'

const clients = Object.keys(texts.files) as Client[]

export function ConnectPart() {
  const { can } = useTenant()
  const [{ client }, setUrl] = useUrl<'client'>()
  const [isMaking, setMaking] = useState(false)
  const [key, setKey] = useState<string>()
  const shown = clients.find((each) => each === client) ?? clients[0]!
  const text = snippetOf(shown, { origin: location.origin, key: key ?? 'ik_…' })
  const address = `${location.origin}/mcp`
  const make = can('keys:write') && <Button leftSection={<KeyRound size={15} />} onClick={() => { setMaking(true) }}>{texts.newKey}</Button>
  return (
    <Stack gap="md">
      <Section title={texts.connectTitle} text={texts.connectText} actions={make}>
        <Facts facts={[[texts.address, <span key="a"><Code>{address}</Code> <CopyButton value={address} label={texts.copyAddress} /></span>]]} />
        <Group gap="xs" align="flex-end" justify="space-between">
          <Select label={texts.client} allowDeselect={false} w={200} data={clients} value={shown} onChange={(next) => { setUrl({ client: next ?? undefined }) }} />
          <CopyButton wide value={text} />
        </Group>
        <Text size="sm" c="dimmed">{texts.files[shown]}</Text>
        <pre className="app-pre app-code" role="region" tabIndex={0} aria-label={texts.snippet(shown)}>{text}</pre>
        <Text size="sm">{key === undefined ? texts.placeholderText : texts.keyFilledText}</Text>
      </Section>
      {can('keys:read') && <AgentKeys action={make} />}
      {isMaking && <KeyModal onMade={setKey} onClose={() => { setMaking(false) }} />}
    </Stack>
  )
}
