/** Query, header and cookie parameters; those of the path are in `path.ts`. */
import { at } from '../pointer.ts'
import type { ResolvedParameter } from '../types.ts'
import { formWriter } from './form.ts'
import type { InputParameter } from './input.ts'
import { encode, encodeReserved, identity } from './percent.ts'
import { refuseInput } from './refuse.ts'
import { serialiserOf, textOf, type Serialise } from './styles.ts'

export interface ValueWriter { key: string, fixed: unknown, write: Serialise }
export interface HeaderWriter extends ValueWriter { header: string, isIdempotencyKey: boolean }

export function queryWriter({ key, fixed, parameter }: InputParameter): ValueWriter {
  return { key, fixed, write: parameter.in === 'querystring' ? wholeQuery(parameter) : queryPart(parameter) }
}

function queryPart({ name, style, explode, allowReserved, allowEmptyValue, delimiter, mediaType }: ResolvedParameter): Serialise {
  const encodeText = allowReserved === true ? encodeReserved : encode
  if (mediaType !== undefined) return value => `${encode(name)}=${encodeText(contentText(mediaType, value))}`
  const write = serialiserOf({ name, style, explode, encode: encodeText, delimiter })
  return allowEmptyValue === true ? value => value === '' ? `${encode(name)}=` : write(value) : write
}

/** OpenAPI 3.2: one parameter is the query. */
function wholeQuery({ mediaType = '', encoding }: ResolvedParameter): Serialise {
  if (mediaType.startsWith('application/x-www-form-urlencoded')) return formWriter(encoding)
  if (mediaType.includes('json')) return value => encode(JSON.stringify(value))
  // The value is a query already, in a syntax that only the service knows.
  return value => textOf(value).toWellFormed().replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~%:/?@!$'()*,;=&+-]/gu, encodeURIComponent)
}

function contentText(mediaType: string, value: unknown): string {
  return mediaType.includes('json') ? JSON.stringify(value) : textOf(value)
}

/** Nothing is percent-encoded: the value goes as it is, so what a header cannot hold is refused. */
export function headerWriter({ key, fixed, parameter, isIdempotencyKey }: InputParameter): HeaderWriter {
  const { name, style, explode, delimiter, mediaType } = parameter
  const write = mediaType === undefined ? serialiserOf({ name, style, explode, encode: identity, delimiter }) : (value: unknown) => contentText(mediaType, value)
  return {
    key, fixed, isIdempotencyKey, header: name.toLowerCase(),
    write(value) {
      const text = write(value)
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text) || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return refuseInput(at('', key), 'holds characters that a header cannot carry')
      return text
    },
  }
}

export function cookieWriter({ key, fixed, parameter }: InputParameter): ValueWriter {
  const { name, style, explode, delimiter, mediaType } = parameter
  const separator = '; '
  if (style === 'cookie' && mediaType === undefined) return { key, fixed, write: plainCookie(parameter, key) }
  const write = mediaType === undefined
    ? serialiserOf({ name, style, explode, encode, delimiter, separator })
    : (value: unknown) => `${encode(name)}=${encode(contentText(mediaType, value))}`
  return { key, fixed, write }
}

/** Not encoded either. A semicolon in a value would start another cookie. */
function plainCookie({ name, explode, delimiter }: ResolvedParameter, key: string): Serialise {
  const encodeText = (text: string) => /^[\x20-\x3a\x3c-\x7e\x80-\xff]*$/.test(text) ? text : refuseInput(at('', key), 'holds characters that a cookie cannot carry')
  return serialiserOf({ name, style: 'form', explode, encode: encodeText, delimiter, separator: '; ' })
}
