/** Settings as a caller wrote them, in the short form, the long one or both, brought into the one form that is stored. */
import { isDeepStrictEqual } from 'node:util'
import { HubError, type FieldError } from '../../errors.ts'
import { defaults, groups, shortNames, type FieldName, type Group, type WebhookInput, type WebhookPatch, type WebhookSettings } from './settings.ts'

/** Field → its value and where it stands. Null puts the default back. */
export type WrittenFields = Map<FieldName, { value: unknown, pointer: string }>

/** Throws HubError `invalid_input` where the two forms say different things. */
export function readFields(given: WebhookInput | WebhookPatch): WrittenFields {
  const fields: WrittenFields = new Map()
  for (const group of Object.keys(groups) as Group[]) {
    for (const name of groups[group]) {
      const long = inLongForm(given, group, name)
      const short = inShortForm(given, group, name)
      if (long !== undefined && short !== undefined && !isDeepStrictEqual(long.value, short.value)) {
        throw invalid({ pointer: short.pointer, detail: `says otherwise than ${long.pointer}: give one of them` })
      }
      const found = long ?? short
      if (found !== undefined) fields.set(name, found)
    }
  }
  return fields
}

type Found = { value: unknown, pointer: string } | undefined

function inLongForm(given: WebhookInput | WebhookPatch, group: Group, name: FieldName): Found {
  const long = given[group]
  if (long === null) return { value: null, pointer: `/${group}` }
  if (typeof long !== 'object' || Array.isArray(long)) return undefined
  const value = (long as Record<string, unknown>)[name]
  return value === undefined ? undefined : { value, pointer: `/${group}/${name}` }
}

function inShortForm(given: WebhookInput | WebhookPatch, group: Group, name: FieldName): Found {
  const short = shortNames[name] ?? name
  const value = (given as Record<string, unknown>)[short]
  if (value === undefined || short === group && !Array.isArray(value)) return undefined
  return { value, pointer: `/${short}` }
}

/** Where a field was written, or would be. */
export function pointerOf(fields: WrittenFields, name: FieldName): string {
  const group = (Object.keys(groups) as Group[]).find((each) => (groups[each] as readonly FieldName[]).includes(name))!
  return fields.get(name)?.pointer ?? `/${group}/${name}`
}

/**
 * The settings with what was written put over `before`, or over the defaults. Secrets are still among them, as they were written.
 * Throws HubError `invalid_input` where something is missing or does not go together.
 */
export function settle(fields: WrittenFields, before: WebhookSettings | undefined): WebhookSettings {
  const settled = Object.fromEntries((Object.keys(groups) as Group[]).map((group) => {
    const standard = defaults[group] as Record<string, unknown>
    const base = { ...standard, ...before?.[group] } as Record<string, unknown>
    for (const name of groups[group]) {
      const written = fields.get(name)
      if (written !== undefined) base[name] = written.value ?? standard[name]
    }
    return [group, base]
  })) as unknown as WebhookSettings
  checkTogether(fields, settled)
  return settled
}

function checkTogether(fields: WrittenFields, { events, security }: WebhookSettings): void {
  if (events.subscribedEvents === undefined) throw invalid({ pointer: pointerOf(fields, 'subscribedEvents'), detail: 'is needed: which types of events to send' })
  const names = Object.keys(security.headers)
  const lower = names.map((each) => each.toLowerCase())
  const at = (index: number): string => `${pointerOf(fields, 'headers')}/${names[index]!.replaceAll('~', '~0')}`
  const twice = lower.findIndex((each, index) => lower.indexOf(each) !== index)
  if (twice !== -1) throw invalid({ pointer: at(twice), detail: 'is there already, in another spelling' })
  const signature = lower.indexOf(security.signatureHeader.toLowerCase())
  if (signature !== -1) throw invalid({ pointer: at(signature), detail: 'is the header of the signature' })
  const authorization = lower.indexOf('authorization')
  if (authorization !== -1 && security.authentication !== null) throw invalid({ pointer: at(authorization), detail: 'cannot stand beside `authentication`' })
  if (security.signatureHeader.toLowerCase() === 'authorization') throw invalid({ pointer: pointerOf(fields, 'signatureHeader'), detail: 'is the header of the authentication' })
}

export function invalid(error: FieldError, code: 'invalid_input' | 'address_refused' = 'invalid_input', cause?: unknown): HubError {
  return new HubError(code, `${error.pointer} ${error.detail}.`, { errors: [error], cause })
}
