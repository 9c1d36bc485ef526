/** URI templates, of which the DSL has RFC 6570's simple string expansion: `{name}` stands for a property of the task's input. */
import { fault } from '../fault.ts'

/**
 * Values are percent-encoded, so that none reaches beyond its place. Within the host they may only hold what hosts are made of,
 * and may not be its end: `https://example.com{suffix}` could be any host, with the credential that was meant for this one.
 * Throws FlowFault `expression` (400).
 */
export function expandTemplate(template: string, input: unknown): string {
  const values = typeof input === 'object' && input !== null && !Array.isArray(input) ? input as Record<string, unknown> : {}
  const [, scheme = '', authority = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)(.*)$/is.exec(template)!
  if (scheme === '') return expandPart(template, values)
  return scheme + expandAuthority(authority, values) + expandPart(rest, values)
}

function expandPart(text: string, values: Record<string, unknown>): string {
  return text.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => encodeURIComponent(textOf(name, values)).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`))
}

function expandAuthority(authority: string, values: Record<string, unknown>): string {
  return authority.replaceAll(/\{([^{}]*)\}/g, (whole, name: string, at: number) => {
    const value = textOf(name, values)
    if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value)) throw fault('expression', `The value of {${name}} cannot stand in a host.`)
    const [before, after] = [authority.slice(0, at), authority.slice(at + whole.length)]
    const isPort = before.endsWith(':')
    if (isPort ? !/^\d{1,5}$/.test(value) : before !== '' && (after === '' || after.startsWith(':'))) throw fault('expression', `{${name}} may not be the end of a host: it could lead anywhere.`)
    return value
  })
}

function textOf(name: string, values: Record<string, unknown>): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined || value === null) return ''
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw fault('expression', `{${name}} is ${Array.isArray(value) ? 'an array' : 'an object'}: a URI template takes text, numbers and booleans.`)
}
