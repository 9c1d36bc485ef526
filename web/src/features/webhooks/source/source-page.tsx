import { Button, Code, Group, Menu, Stack } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { ChevronDown, KeyRound, Pause, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Ago } from '../../../components/ago.tsx'
import { Confirm } from '../../../components/confirm.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { Facts } from '../../../components/facts.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { notifyDone, notifyFailed } from '../../../components/notify.tsx'
import { Page } from '../../../components/page.tsx'
import { Section } from '../../../components/section.tsx'
import { TabStrip } from '../../../components/tab-strip.tsx'
import { useAction } from '../../../hub/action.ts'
import type { WebhookSource } from '../../../hub/client.ts'
import { useGet, useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { formatExact, formatNumber, NONE } from '../../../lib/format.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { EventsList } from '../events-list.tsx'
import { RotateModal } from '../secret.tsx'
import { State } from '../state.tsx'
import { texts } from '../texts.ts'
import { RequestsPart } from './requests-part.tsx'
import { SettingsPart } from './settings-part.tsx'
import { secretMaker } from './verification.ts'

const parts = ['overview', 'events', 'requests', 'settings'] as const

export function SourcePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const path = usePath()
  const { can } = useTenant()
  const [{ part }] = useUrl<'part'>()
  const offered = parts.filter((each) => each !== 'events' || can('events:read'))
  const shown = offered.find((each) => each === part) ?? 'overview'
  const query = useGet('/api/v1/webhook-sources/{id}', { path: { id } })
  return (
    <Page title={query.data?.name ?? texts.source} crumbs={[{ label: texts.tab, to: path('webhooks', { part: 'sources' }) }]} isComing={query.isPending} subtitle={query.data && <Group gap="sm"><State status={query.data.status} /><span>{texts.senders[query.data.verification.scheme] ?? query.data.verification.scheme}</span></Group>}
      actions={query.data && <Actions source={query.data} />}>
      <TabStrip label={texts.sourceParts} tabs={offered.map((each) => ({ key: each, label: texts.sourcePart[each], to: path(`webhooks/sources/${id}`, each === 'overview' ? {} : { part: each }), isCurrent: each === shown }))} />
      <Loaded query={query} list={{ label: texts.parts.sources, to: path('webhooks', { part: 'sources' }) }}>
        {(source) => (shown === 'overview' ? <Overview source={source} /> : shown === 'events' ? <EventsList sourceId={id} /> : shown === 'requests' ? <RequestsPart source={source} /> : <SettingsPart key={id} source={source} />)}
      </Loaded>
    </Page>
  )
}

function Overview({ source: { id, url, name, description, verification: { scheme }, dedupe, schemaCheck, methods, previousSecretsUntil, createdAt, updatedAt } }: { source: WebhookSource }) {
  const { rows } = useRows('/api/v1/figures/webhook-sources', { query: { limit: 500 } }, { refetchInterval: 30_000 })
  const figure = rows?.find(({ sourceId }) => sourceId === id)
  return (
    <Stack gap="md">
      <Section title={texts.urlToGive} text={texts.hints[scheme] ?? texts.hintOfAny}>
        <pre className="app-pre app-code" tabIndex={0} aria-label={texts.urlToGive}>{url}</pre>
        <Group><CopyButton wide label={texts.copyUrlOf(name)} value={url} /></Group>
      </Section>
      <Section title={texts.about} text={description === '' ? undefined : <span dir="auto" className="app-anywhere">{description}</span>}>
        <Facts facts={[
          [texts.acceptedDay, figure === undefined ? NONE : formatNumber(figure.accepted)], [texts.refusedDay, figure === undefined ? NONE : formatNumber(figure.refused)], [texts.lastEvent, <Ago key="l" time={figure?.lastEventAt} />],
          [texts.scheme, <code key="s">{scheme}</code>], [texts.dedupe, dedupe === null ? texts.no : texts.dedupeWindow(formatNumber(dedupe.windowSeconds))], [texts.schemaCheck, texts.schemaChecks[schemaCheck]], [texts.methods, methods.join(', ')],
          [texts.previousUntil, previousSecretsUntil[0] !== undefined && formatExact(previousSecretsUntil[0])], [texts.created, formatExact(createdAt)], [texts.changed, <Ago key="c" time={updatedAt} />], [texts.id, <Code key="id">{id}</Code>],
        ]} />
      </Section>
    </Stack>
  )
}

function Actions({ source: { id, status, verification: { scheme } } }: { source: WebhookSource }) {
  const { can } = useTenant()
  const go = useGo()
  const path = usePath()
  const [open, setOpen] = useState<'rotate' | 'remove'>()
  const close = (): void => { setOpen(undefined) }
  const turn = useAction({
    run: ({ hub }) => (status === 'active' ? hub.post('/api/v1/webhook-sources/{id}/pause', { path: { id }, body: {} }) : hub.post('/api/v1/webhook-sources/{id}/activate', { path: { id }, body: {} })),
    changes: ['/api/v1/webhook-sources'], failed: (error) => { notifyFailed(texts.failed, error) }, done: () => { notifyDone(status === 'active' ? texts.pausedDone : texts.activatedDone) },
  })
  const remove = useAction({ run: ({ hub }) => hub.delete('/api/v1/webhook-sources/{id}', { path: { id } }), changes: ['/api/v1/webhook-sources'], done: () => { go(path('webhooks', { part: 'sources' }), { replace: true }) } })
  if (!can('webhooks:write')) return null
  return (
    <>
      <Button variant="default" leftSection={status === 'active' ? <Pause size={14} /> : <Play size={14} />} loading={turn.isPending} onClick={() => { turn.mutate() }}>{status === 'active' ? texts.pause : texts.activate}</Button>
      <Menu>
        <Menu.Target><Button variant="default" rightSection={<ChevronDown size={14} />}>{texts.more}</Button></Menu.Target>
        <Menu.Dropdown>
          {scheme !== 'none' && scheme !== 'ip' && <Menu.Item leftSection={<KeyRound size={14} />} onClick={() => { setOpen('rotate') }}>{texts.rotate}</Menu.Item>}
          <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => { setOpen('remove') }}>{texts.remove}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm opened={open === 'remove'} title={texts.removeSource} text={texts.removeSourceText} action={texts.remove} isPending={remove.isPending} error={remove.error} onConfirm={() => { remove.mutate() }} onClose={close} />
      {open === 'rotate' && (
        <RotateModal text={texts.rotateSourceText} isGivenOnly={secretMaker(scheme) === undefined} changes={['/api/v1/webhook-sources']} onClose={close}
          rotate={async ({ hub }, body) => {
            const { verification } = await hub.post('/api/v1/webhook-sources/{id}/rotate-secret', { path: { id }, body })
            return body.secret === undefined && 'secret' in verification ? verification.secret : undefined
          }} />
      )}
    </>
  )
}
