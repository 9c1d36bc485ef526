/**
 * How OpenAPI writes values into URLs, headers and cookies: the table "Style Examples" of OpenAPI 3.1.2 and 3.2.0
 * (section 4.12.6 in 3.2.0), which follows RFC 6570 where that has an operator for it.
 */

export interface Style {
  name: string
  style: string
  explode: boolean
  /** Encodes names and values; delimiters are written as they are. */
  encode: (text: string) => string
  /** Takes the place of the comma where items are joined. */
  delimiter?: string | undefined
  /** Between `name=value` pairs: `&` in queries and forms, `; ` in cookies. */
  separator?: string
}

/** The whole piece, with the name where the style writes it. `''` from a query style means that there is nothing to send. */
export type Serialise = (value: unknown) => string

export function serialiserOf(style: Style): Serialise {
  switch (style.style) {
    case 'simple': return value => simple(style, value)
    case 'label': return value => label(style, value)
    case 'matrix': return value => matrix(style, value)
    case 'deepObject': return value => deepObject(style, value)
    case 'spaceDelimited': return delimited(style, '%20')
    case 'pipeDelimited': return delimited(style, '%7C')
    default: return value => form(style, value)
  }
}

/** Nested values have no style; JSON is what services that take them at all understand. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number | boolean)
}

type Pairs = [string, unknown][]

function pairsOf(value: object): Pairs {
  return Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
}

function itemsOf(value: unknown[]): unknown[] {
  return value.filter(item => item !== undefined && item !== null)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function flat({ encode }: Style, value: object): string[] {
  return pairsOf(value).flatMap(([key, member]) => [encode(key), encode(textOf(member))])
}

function assigned({ encode }: Style, value: object): string[] {
  return pairsOf(value).map(([key, member]) => `${encode(key)}=${encode(textOf(member))}`)
}

function items({ encode }: Style, value: unknown[]): string[] {
  return itemsOf(value).map(item => encode(textOf(item)))
}

function simple(style: Style, value: unknown): string {
  const comma = style.delimiter === undefined ? ',' : style.encode(style.delimiter)
  if (Array.isArray(value)) return items(style, value).join(comma)
  if (!isObject(value)) return style.encode(textOf(value))
  return (style.explode ? assigned(style, value) : flat(style, value)).join(',')
}

function label(style: Style, value: unknown): string {
  if (Array.isArray(value)) return `.${items(style, value).join(style.explode ? '.' : ',')}`
  if (!isObject(value)) return `.${style.encode(textOf(value))}`
  return style.explode ? `.${assigned(style, value).join('.')}` : `.${flat(style, value).join(',')}`
}

/** RFC 6570's `;`: an empty value has no equals sign. */
function matrix(style: Style, value: unknown): string {
  const named = (name: string, text: string) => text === '' ? `;${name}` : `;${name}=${text}`
  const name = style.encode(style.name)
  if (Array.isArray(value)) {
    const texts = items(style, value)
    return style.explode ? texts.map(text => named(name, text)).join('') : named(name, texts.join(','))
  }
  if (!isObject(value)) return named(name, style.encode(textOf(value)))
  if (!style.explode) return named(name, flat(style, value).join(','))
  return pairsOf(value).map(([key, member]) => named(style.encode(key), style.encode(textOf(member)))).join('')
}

function form(style: Style, value: unknown): string {
  const { encode, separator = '&' } = style
  if (!isObject(value)) return `${encode(style.name)}=${encode(textOf(value))}`
  const comma = style.delimiter === undefined ? ',' : encode(style.delimiter)
  if (Array.isArray(value)) {
    const texts = items(style, value)
    if (texts.length === 0) return ''
    const name = encode(style.name)
    return style.explode ? texts.map(text => `${name}=${text}`).join(separator) : `${name}=${texts.join(comma)}`
  }
  if (style.explode) return assigned(style, value).join(separator)
  const parts = flat(style, value)
  return parts.length === 0 ? '' : `${encode(style.name)}=${parts.join(',')}`
}

/** With `explode` the specification has no meaning for these; the only sensible one is to repeat the name. */
function delimited(style: Style, delimiter: string): Serialise {
  const join = (parts: string[]) => parts.length === 0 ? '' : `${style.encode(style.name)}=${parts.join(delimiter)}`
  return value => {
    if (!isObject(value) || style.explode) return form(style, value)
    return join(Array.isArray(value) ? items(style, value) : flat(style, value))
  }
}

/**
 * `name[key]=value`. What is inside an object's properties is left open by the specification; nested objects get further
 * brackets and arrays an index (`name[key][0]=value`), which Stripe and the frameworks that read brackets at all take.
 */
function deepObject({ name, encode, separator = '&' }: Style, value: unknown): string {
  const parts: string[] = []
  const collect = (prefix: string, member: unknown): void => {
    if (member === undefined || member === null) return
    if (!isObject(member)) parts.push(`${prefix}=${encode(textOf(member))}`)
    else for (const [key, child] of Object.entries(member)) collect(`${prefix}${encode('[')}${encode(key)}${encode(']')}`, child)
  }
  if (!isObject(value)) return `${encode(name)}=${encode(textOf(value))}`
  collect(encode(name), value)
  return parts.join(separator)
}
