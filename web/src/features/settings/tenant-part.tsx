import { Code, Stack, Text } from '@mantine/core'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { useTenant } from '../../hub/session.ts'
import { Tenants } from './tenants.tsx'
import { texts } from './texts.ts'

export function TenantPart() {
  const { id, name, slug, role, can } = useTenant()
  return (
    <Stack gap="md">
      <Section title={texts.parts.tenant} text={texts.tenantText}>
        <Facts facts={[[texts.name, <span key="n" dir="auto">{name}</span>], [texts.slug, slug], [texts.role, texts.roles[role]], [texts.id, <Code key="i">{id}</Code>]]} />
        {!can('tenants:admin') && <Text size="sm" c="dimmed">{texts.tenantsElsewhere}</Text>}
      </Section>
      {can('tenants:admin') && <Tenants />}
    </Stack>
  )
}
