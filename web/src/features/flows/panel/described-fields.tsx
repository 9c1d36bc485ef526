/** The fields of a call, with what the other side said may stand in them. */
import { Button, Group, Text } from '@mantine/core'
import { RefreshCw } from 'lucide-react'
import { Fragment } from 'react'
import { messageOf } from '../../../components/problem.tsx'
import { texts } from '../texts.ts'
import { FieldView } from './field-view.tsx'
import type { Field } from './field.ts'
import { SchemaInput } from './operation-input.tsx'
import type { Described, Describing } from './use-described.ts'

type Kind = Described['offers'][number]['kind']

/** What is chosen where. */
const chosen: Record<string, Kind> = {
  '/with/operationId': 'operation', '/with/operation': 'operation', '/with/channel': 'channel', '/with/service/name': 'service', '/with/method': 'method', '/with/parameters/uri': 'resource',
}
/** What the chosen one takes is filled in where. */
const taken = new Set(['/with/parameters', '/with/arguments', '/with/parameters/arguments', '/with/message/payload'])
/** Behind these one may ask: what comes next is chosen. */
const last = new Set(['/with/document/endpoint', '/with/service/port', '/with/transport/http/headers'])

export function DescribedFields({ fields, describing }: { fields: Field[], describing: Describing }) {
  const { found, ask } = describing
  const at = fields.findLast(({ path }) => last.has(path))
  return fields.map((field) => (
    <Fragment key={field.path}>
      {taken.has(field.path) && found?.input !== null && found !== undefined ? <SchemaInput field={field} schema={found.input} /> : <FieldView field={offering(field, found)} />}
      {field === at && ask !== undefined && <Asking describing={describing} ask={ask} />}
    </Fragment>
  ))
}

/** The name of a tool or prompt, by the method that is called. */
const kindAt = (path: string, found: Described): Kind | undefined => (path === '/with/parameters/name' ? found.offers[0]?.kind : chosen[path])

function offering(field: Field, found: Described | undefined): Field {
  const kind = found === undefined ? undefined : kindAt(field.path, found)
  const offers = kind === undefined ? [] : found!.offers.filter((each) => each.kind === kind)
  // The methods of MCP are a list of their own.
  if (offers.length === 0 || (field.as !== 'text' && field.as !== 'line')) return field
  return { ...field, as: 'text', suggestions: offers.map(({ name }) => name), summaries: new Map(offers.map(({ name, summary }) => [name, summary])) }
}

function Asking({ describing: { found, isAsking, error }, ask }: { describing: Describing, ask: () => void }) {
  return (
    <div>
      <Group gap="xs"><Button variant="default" size="compact-sm" leftSection={<RefreshCw size={13} />} loading={isAsking} onClick={ask}>{texts.ask}</Button>{found !== undefined && error === null && <Text size="xs" c="dimmed" role="status">{texts.offered(found.offers.length)}</Text>}</Group>
      {error !== null && <Text size="xs" role="status" className="app-anywhere" style={{ color: 'var(--app-bad)' }}>{texts.notOffered} {messageOf(error)}</Text>}
      {found === undefined && error === null && <Text size="xs" c="dimmed">{texts.askHelp}</Text>}
    </div>
  )
}
