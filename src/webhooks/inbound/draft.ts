/** What is written of a source: its settings as they were given, checked, and the secrets apart from them. */
import { HubError, type FieldError } from '../../errors.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { schemeNamed } from './schemes/index.ts'
import type { AnyScheme } from './schemes/scheme.ts'
import { noSecrets, type SourceSecrets } from './secrets.ts'
import { HINT, type SourceInput, type SourceSettings } from './settings.ts'

export interface Before { settings: SourceSettings, secrets: SourceSecrets }

export interface Draft {
  settings: SourceSettings
  secrets: SourceSecrets
  /** Whether the secrets are others than before. */
  secretsChanged: boolean
}

/** Throws HubError `invalid_input` with pointers. */
export function draftOf(input: SourceInput, before: Before | undefined): Draft {
  const { name: _name, status: _status, verification, handshake, ...rest } = input
  const scheme = schemeNamed(String(verification['scheme']))
  const { settings, given } = apart(scheme, verification)
  const had = before?.settings.verification.scheme === scheme.name ? before.secrets : noSecrets
  const secret = scheme.secret === undefined ? undefined : given ?? had.secret
  if (scheme.secret !== undefined && secret === undefined) throw invalid('/verification/secret', `is needed: a source with the scheme ${scheme.name} can't be made without it`)
  if (secret !== undefined) checkSecret(scheme, secret, settings, '/verification/secret')
  if (rest.dedupe?.sender === true && scheme.eventId === undefined) throw invalid('/dedupe/sender', `is not for the scheme ${scheme.name}, whose requests have no id that it knows of`)
  const token = tokenOf(handshake, before)
  // A secret that is replaced here holds no longer: whoever wants both for a while, rotates it.
  const previous = secret === had.secret ? had.previous : []
  const secrets = { secret, token, previous }
  return {
    settings: {
      ...rest,
      verification: { ...settings, ...secret !== undefined && { secret: HINT } },
      handshake: handshake?.type === 'query' && token !== undefined ? { ...handshake, token: HINT } : handshake,
      previousSecretsUntil: previous.map(({ until }) => new Date(until).toISOString()),
    },
    secrets, secretsChanged: before === undefined ? secret !== undefined || token !== undefined : secret !== before.secrets.secret || token !== before.secrets.token,
  }
}

/** Also checks that the secret is of the scheme's form. */
export function checkSecret(scheme: AnyScheme, secret: string, settings: SourceSettings['verification'], pointer: string): void {
  try {
    scheme.keyOf(secret, settings)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw invalid(pointer, error.message)
  }
}

/** A mistake in a program is told when it is written, not when it is run. */
export async function checkPrograms(jq: Jq, batchKey: string, { dedupe, eventType, subject }: SourceInput): Promise<void> {
  const programs: [pointer: string, program: string | undefined][] = [['/dedupe/expression', dedupe?.expression]]
  for (const [pointer, taken] of [['/eventType', eventType], ['/subject', subject]] as const) {
    if (taken !== null && typeof taken === 'object' && 'expression' in taken) programs.push([`${pointer}/expression`, taken.expression])
  }
  for (const [pointer, program] of programs) {
    if (program === undefined) continue
    await jq.check(program, { batchKey, variables: ['headers', 'query'] }).catch((error: unknown) => {
      if (!(error instanceof HubError)) throw error
      throw new HubError('invalid_input', `${pointer}: ${error.message}`, { errors: [{ pointer, detail: error.message }], cause: error })
    })
  }
}

/** The secret may come under one of several names; a hint stands for the one that is there. */
function apart({ secret }: AnyScheme, verification: SourceInput['verification']): { settings: SourceSettings['verification'], given: string | undefined } {
  const settings = { ...verification }
  const names = secret === undefined ? [] : ['secret', ...secret.aliases ?? []]
  const given = names.map((name) => settings[name]).find((value) => value !== undefined && value !== HINT) as string | undefined
  for (const name of names) delete settings[name]
  return { settings: settings as SourceSettings['verification'], given }
}

function tokenOf(handshake: SourceInput['handshake'], before: Before | undefined): string | undefined {
  if (handshake?.type !== 'query') return undefined
  const { tokenParameter, token } = handshake
  if (tokenParameter === undefined) {
    if (token === undefined) return undefined
    throw invalid('/handshake/tokenParameter', 'is needed beside token')
  }
  const held = token === undefined || token === HINT ? before?.secrets.token : token
  if (held === undefined) throw invalid('/handshake/token', 'is needed beside tokenParameter')
  return held
}

export function invalid(pointer: string, detail: string): HubError {
  const errors: FieldError[] = [{ pointer, detail }]
  return new HubError('invalid_input', `${pointer}: ${detail}`, { errors })
}
