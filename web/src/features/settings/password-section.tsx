import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { errorAt } from '../../components/form/problem-errors.ts'
import { notifyDone } from '../../components/notify.tsx'
import { Problem } from '../../components/problem.tsx'
import { Section } from '../../components/section.tsx'
import { useAction } from '../../hub/action.ts'
import { sessionQuery } from '../../hub/session.ts'
import { texts } from './texts.ts'

const NOTHING = { current: '', password: '' }

/** One's own password. Who signed in with an API key has none. */
export function PasswordSection() {
  const { data: session } = useQuery(sessionQuery)
  const [values, setValues] = useState(NOTHING)
  const change = useAction({
    run: ({ hub }) => hub.put('/api/v1/session/password', { body: { password: values.password, ...values.current !== '' && { current: values.current } } }), changes: ['/api/v1/session'],
    done() {
      setValues(NOTHING)
      notifyDone(texts.passwordChanged)
    },
  })
  if (!session?.user.email) return null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    change.mutate()
  }
  const field = (name: keyof typeof NOTHING) => ({ name, value: values[name], error: errorAt(change.error, `/${name}`), onChange: (event: { currentTarget: HTMLInputElement }) => { setValues({ ...values, [name]: event.currentTarget.value }) } })
  const isAtField = errorAt(change.error, '/current') !== undefined || errorAt(change.error, '/password') !== undefined
  return (
    <Section title={texts.ownPassword} text={texts.ownPasswordText}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" maw={420}>
          {/* Password managers know by it whose password this is. */}
          <input type="text" name="username" autoComplete="username" value={session.user.email} readOnly hidden />
          <PasswordInput label={texts.currentPassword} description={texts.currentPasswordHelp} autoComplete="current-password" {...field('current')} />
          <PasswordInput label={texts.nextPassword} description={texts.nextPasswordHelp} autoComplete="new-password" {...field('password')} />
          {change.isError && !isAtField && <Problem error={change.error} title={texts.failed} />}
          <Group><Button type="submit" loading={change.isPending} disabled={values.password === ''}>{texts.changePassword}</Button></Group>
        </Stack>
      </form>
    </Section>
  )
}
