/** Who may do what: tenants, members, keys, and how people sign in. */
import type { Services } from '../api/services.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { createMailer } from '../lib/mail.ts'
import { createKeys } from '../tenants/keys.ts'
import { createMembers } from '../tenants/members.ts'
import { createSignInLinks } from '../tenants/sign-in/links.ts'
import { createOpenId } from '../tenants/sign-in/openid/openid.ts'
import { createSessions } from '../tenants/sign-in/sessions.ts'
import { createThrottle } from '../tenants/sign-in/throttle.ts'
import { createTenants } from '../tenants/tenants.ts'

export interface PeopleDeps { config: Config, database: Database, publicUrl(): string }

export type People = Pick<Services, 'tenants' | 'members' | 'keys' | 'sessions' | 'signInLinks' | 'openId'>

export function createPeople({ config, database, publicUrl }: PeopleDeps): People {
  const changed = (): void => { sessions.forget() }
  const keys = createKeys(database, { revoked: changed })
  const throttle = createThrottle()
  const sessions = createSessions({ database, keys, throttle, idleMs: config.sessionIdleHours * 3_600_000, maxMs: config.sessionMaxDays * 86_400_000 })
  const mail = config.smtpUrl === undefined ? undefined : createMailer({ smtpUrl: config.smtpUrl, from: config.smtpFrom })
  return {
    keys, sessions, tenants: createTenants(database), members: createMembers(database, { changed }),
    signInLinks: createSignInLinks({ database, sessions, throttle, publicUrl, mail }),
    openId: createOpenId({ database, sessions, publicUrl, providers: config.openIdProviders }),
  }
}
