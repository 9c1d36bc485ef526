import { Code } from '@mantine/core'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { useTenant } from '../../hub/session.ts'
import { texts } from './texts.ts'

export function TenantPart() {
  const { id, name, slug, role } = useTenant()
  return <Section title={texts.parts.tenant} text={texts.tenantText}><Facts facts={[[texts.name, <span key="n" dir="auto">{name}</span>], [texts.slug, slug], [texts.role, texts.roles[role]], [texts.id, <Code key="i">{id}</Code>]]} /></Section>
}
