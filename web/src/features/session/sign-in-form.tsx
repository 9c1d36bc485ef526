import { Anchor, Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../components/problem.tsx'
import { hub } from '../../hub/client.ts'
import { sessionQuery, type Session } from '../../hub/session.ts'
import { texts } from './texts.ts'

/** `done` once somebody is signed in; the cookie is set then, and the session is known. */
export function SignInForm({ done, returnTo = '/' }: { done(session: Session): void, returnTo?: string }) {
  const queries = useQueryClient()
  const [withKey, setWithKey] = useState(false)
  const [email, setEmail] = useState('')
  const [secret, setSecret] = useState('')
  const signIn = useMutation({
    mutationFn: () => hub.post('/api/v1/session', { body: withKey ? { apiKey: secret.trim() } : { email: email.trim(), password: secret } }),
    onSuccess(session) {
      queries.setQueryData(sessionQuery.queryKey, session)
      done(session)
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    signIn.mutate()
  }
  const turn = (): void => {
    setWithKey(!withKey)
    setSecret('')
    signIn.reset()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {!withKey && <TextInput label={texts.email} type="email" name="email" autoComplete="username" required withAsterisk={false} autoFocus value={email} onChange={(event) => { setEmail(event.currentTarget.value) }} />}
        {withKey
          ? <PasswordInput key="key" label={texts.apiKey} description={texts.keyHelp} name="api-key" autoComplete="off" required withAsterisk={false} autoFocus value={secret} onChange={(event) => { setSecret(event.currentTarget.value) }} />
          : <PasswordInput key="password" label={texts.password} name="password" autoComplete="current-password" required withAsterisk={false} value={secret} onChange={(event) => { setSecret(event.currentTarget.value) }} />}
        {signIn.isError && <Problem error={signIn.error} title={texts.failed} />}
        <Button type="submit" size="sm" fullWidth loading={signIn.isPending} disabled={secret === '' || !withKey && email === ''}>{texts.submit}</Button>
        <Anchor component="button" type="button" size="xs" c="dimmed" onClick={turn}>{withKey ? texts.withPassword : texts.withKey}</Anchor>
        <Providers returnTo={returnTo} />
      </Stack>
    </form>
  )
}

/** By OpenID Connect: the hub leads there and back. */
function Providers({ returnTo }: { returnTo: string }) {
  const { data } = useQuery({ queryKey: ['session', 'providers'], staleTime: Infinity, retry: false, queryFn: () => hub.get('/api/v1/session/providers') })
  if (data === undefined || data.data.length === 0) return null
  return (
    <>
      <Divider label={texts.or} />
      {data.data.map(({ id, name }) => <Button key={id} variant="default" size="sm" fullWidth component="a" href={`/api/v1/session/oidc/${encodeURIComponent(id)}/start?returnTo=${encodeURIComponent(returnTo)}`}>{texts.continueWith(name)}</Button>)}
    </>
  )
}
