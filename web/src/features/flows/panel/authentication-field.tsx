import { Select, Stack } from '@mantine/core'
import type { ComponentType } from 'react'
import { isMembers, memberOf } from '../graph/tasks.ts'
import { texts } from '../texts.ts'
import { usePanel } from './context.ts'
import { field as fieldOf, type Field } from './field.ts'

const oauth = { authority: 'https://', grant: 'client_credentials', client: { id: '', secret: '' } }
/** What a policy of each kind begins as. */
const starts = { basic: { username: '', password: '' }, bearer: { token: '' }, digest: { username: '', password: '' }, oauth2: oauth, oidc: oauth } as const
type Scheme = keyof typeof starts

const { fields: labels, fieldHelp: help } = texts
const NAMED = 'use '

/** What shows the fields within: it shows these, too. */
interface Within { FieldView: ComponentType<{ field: Field }> }

interface AuthenticationFieldProps extends Within {
  label: string
  /** Of the policy. */
  path: string
  value: unknown
  /** It is what others name: it names no other, and is always there. */
  isPolicy?: boolean
  onChange(policy: unknown): void
}

/** None, one that the document names, or one that is written here. */
export function AuthenticationField({ label, path, value, isPolicy = false, onChange, FieldView }: AuthenticationFieldProps) {
  const { names } = usePanel()
  const scheme = (Object.keys(starts) as Scheme[]).find((each) => memberOf(value, each) !== undefined)
  const named = memberOf(value, 'use')
  if (value !== undefined && scheme === undefined && typeof named !== 'string') return <FieldView field={fieldOf(path, label, 'value')} />
  const known = typeof named === 'string' ? [...new Set([...names.authentications, named])] : names.authentications
  const data = [
    ...isPolicy || known.length === 0 ? [] : [{ group: texts.uses.authentications, items: known.map((name) => ({ value: NAMED + name, label: name })) }],
    { group: texts.schemesLabel, items: (Object.keys(starts) as Scheme[]).map((each) => ({ value: each, label: texts.schemes[each] })) },
  ]
  const choose = (next: string | null): void => { onChange(next === null ? undefined : next.startsWith(NAMED) ? { use: next.slice(NAMED.length) } : { [next]: starts[next as Scheme] }) }
  return (
    <Stack gap="xs">
      <Select label={label} placeholder={texts.noAuthentication} clearable={!isPolicy} allowDeselect={!isPolicy} data={data} value={typeof named === 'string' ? NAMED + named : scheme ?? null} onChange={choose} />
      {scheme !== undefined && <Stack gap="xs" className="app-inset"><Values path={`${path}/${scheme}`} scheme={scheme} value={memberOf(value, scheme)} FieldView={FieldView} /></Stack>}
    </Stack>
  )
}

/** Of one scheme: in the document itself, or all in one secret. */
function Values({ path, scheme, value, FieldView }: Within & { path: string, scheme: Scheme, value: unknown }) {
  const { names, set } = usePanel()
  const secret = memberOf(value, 'use')
  const secrets = typeof secret === 'string' ? [...new Set([...names.secrets, secret])] : names.secrets
  return (
    <>
      {secrets.length > 0 && <Select label={labels.fromSecret} description={help.fromSecret} placeholder={texts.writtenHere} clearable data={secrets} value={typeof secret === 'string' ? secret : null} onChange={(next) => { set(path, next === null ? starts[scheme] : { use: next }) }} />}
      {typeof secret !== 'string' && fieldsOfScheme(path, scheme).map((each) => <FieldView key={each.path} field={each} />)}
    </>
  )
}

function fieldsOfScheme(path: string, scheme: Scheme): Field[] {
  switch (scheme) {
    case 'basic': case 'digest': return [fieldOf(`${path}/username`, labels.username, 'line', { required: true }), fieldOf(`${path}/password`, labels.password, 'line', { required: true, help: help.password })]
    case 'bearer': return [fieldOf(`${path}/token`, labels.token, 'line', { required: true, help: help.password })]
    default: return [
      fieldOf(`${path}/authority`, labels.authority, 'line', { required: true }), fieldOf(`${path}/grant`, labels.grant, { choices: ['client_credentials', 'password', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange'] }, { required: true }),
      fieldOf(`${path}/client/id`, labels.clientId, 'line'), fieldOf(`${path}/client/secret`, labels.clientSecret, 'line', { help: help.password }), fieldOf(`${path}/scopes`, labels.scopes, 'lines'),
    ]
  }
}

/** A URI, which may have an authentication with it. */
export function EndpointField({ field, value, FieldView }: Within & { field: Field, value: unknown }) {
  const { set } = usePanel()
  const uri = isMembers(value) ? value['uri'] : value
  return (
    <>
      <FieldView field={{ ...field, path: isMembers(value) ? `${field.path}/uri` : field.path, as: 'line' }} />
      <AuthenticationField FieldView={FieldView} label={texts.authenticationOf(field.label)} path={`${field.path}/authentication`} value={memberOf(value, 'authentication')} onChange={(policy) => { set(field.path, policy === undefined ? uri : { ...isMembers(value) && value, uri: uri ?? '', authentication: policy }) }} />
    </>
  )
}
