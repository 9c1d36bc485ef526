import { Alert, Button, Loader, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { hub, type SignInLink } from '../../hub/client.ts'
import { sessionQuery } from '../../hub/session.ts'
import { Frame } from './frame.tsx'
import { texts } from './texts.ts'
import { takeToken } from './token.ts'

/** Where one-time links lead: the first owner's account, an invitation, a new password. The hub says which of them it is. */
export function JoinPage() {
  const [token] = useState(takeToken)
  const { data: link, error } = useQuery({ queryKey: ['link', token], enabled: token !== undefined, retry: false, staleTime: Infinity, queryFn: () => hub.post('/api/v1/session/link', { body: { token: token! } }) })
  if (token === undefined) return <Frame title={texts.linkTitle}><Alert color="orange" variant="outline">{texts.noToken}</Alert></Frame>
  if (error !== null) return <Frame title={texts.linkTitle}><Problem error={error} title={texts.badLink} /></Frame>
  if (link === undefined) return <Frame title={texts.linkTitle}><Loader size="sm" aria-label={texts.linkTitle} /></Frame>
  return <Frame title={texts.links[link.kind].title} lead={texts.links[link.kind].lead(link.tenant.name)}><JoinForm token={token} link={link} /></Frame>
}

type Values = { email: string, name: string, password: string }

const accept = (token: string, { kind, known }: SignInLink, { email, name, password }: Values) => {
  if (kind === 'welcome') return hub.post('/api/v1/session/welcome', { body: { token, email: email.trim(), name, password } })
  if (kind === 'invitation') return hub.post('/api/v1/session/invitation', { body: { token, password, ...!known && { name } } })
  return hub.post('/api/v1/session/password-reset', { body: { token, password } })
}

function JoinForm({ token, link }: { token: string, link: SignInLink }) {
  const [values, setValues] = useState<Values>({ email: link.email ?? '', name: '', password: '' })
  const queries = useQueryClient()
  const navigate = useNavigate()
  const join = useMutation({
    mutationFn: () => accept(token, link, values),
    onSuccess(session) {
      queries.setQueryData(sessionQuery.queryKey, session)
      void navigate({ to: '/', replace: true })
    },
  })
  const field = (name: keyof Values) => ({ name, required: true, withAsterisk: false, value: values[name], error: errorAt(join.error, `/${name}`), onChange: (event: { currentTarget: HTMLInputElement }) => { setValues({ ...values, [name]: event.currentTarget.value }) } })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    join.mutate()
  }
  const isAtField = Object.keys(values).some((name) => errorAt(join.error, `/${name}`) !== undefined)
  const asksName = link.kind === 'welcome' || link.kind === 'invitation' && !link.known
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput label={texts.email} type="email" autoComplete="username" readOnly={link.kind !== 'welcome'} autoFocus={link.kind === 'welcome'} {...field('email')} />
        {asksName && <TextInput label={texts.name} autoComplete="name" {...field('name')} />}
        <PasswordInput label={texts.password} description={link.known && link.kind === 'invitation' ? texts.knownHelp : texts.passwordHelp} autoComplete={link.known ? 'current-password' : 'new-password'} {...field('password')} />
        {join.isError && !isAtField && <Problem error={join.error} title={texts.failed} />}
        <Button type="submit" size="sm" loading={join.isPending} disabled={values.password === '' || values.email === ''}>{texts.links[link.kind].submit}</Button>
      </Stack>
    </form>
  )
}
