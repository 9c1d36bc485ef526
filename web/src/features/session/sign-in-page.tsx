import { useNavigate, useRouter } from '@tanstack/react-router'
import { useUrl } from '../../routing/url.ts'
import { Frame } from './frame.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { texts } from './texts.ts'

export function SignInPage() {
  const [{ next }] = useUrl<'next'>()
  const navigate = useNavigate()
  const router = useRouter()
  const target = ownPath(next)
  return (
    <Frame title={texts.title} lead={texts.lead}>
      <SignInForm returnTo={target} done={() => { void router.invalidate().then(() => navigate({ href: target, replace: true })) }} />
    </Frame>
  )
}

/** A path of this hub's; anything else would lead people elsewhere. */
export function ownPath(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next)) return '/'
  const url = URL.parse(next, location.origin)
  if (url === null || url.origin !== location.origin) return '/'
  const own = url.pathname + url.search + url.hash
  // Dots are gone only now, and what they leave may begin another authority: `/.//evil.example`.
  return own.startsWith('//') ? '/' : own
}
