import type { ResolvedEncoding } from '../types.ts'
import { encode, encodeForm, encodeReserved } from './percent.ts'
import { refuseInput } from './refuse.ts'
import { serialiserOf, textOf, type Serialise } from './styles.ts'

/**
 * Writes an object as `application/x-www-form-urlencoded`. A property whose encoding names a style is written in it, as a
 * query parameter would be; any other by its content type, lists as one pair for each item (OpenAPI 3.2.0, 4.15.3).
 */
export function formWriter(encodings: Record<string, ResolvedEncoding> | undefined): (body: unknown) => string {
  const styled = new Map<string, Serialise>()
  for (const [name, encoding] of Object.entries(encodings ?? {})) if (hasStyle(encoding)) styled.set(name, styleOf(name, encoding))
  return body => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return refuseInput('/body', 'must be an object of form fields')
    const parts: string[] = []
    for (const [name, value] of Object.entries(body)) {
      if (value === undefined) continue
      const text = styled.get(name)?.(value) ?? plain(name, value, encodings?.[name]?.contentType)
      if (text !== '') parts.push(text)
    }
    return parts.join('&')
  }
}

export function hasStyle({ style, explode, allowReserved }: ResolvedEncoding): boolean {
  return style !== undefined || explode !== undefined || allowReserved !== undefined
}

function styleOf(name: string, { style = 'form', explode = style === 'form', allowReserved, ...rest }: ResolvedEncoding): Serialise {
  return serialiserOf({ name, style, explode, encode: allowReserved === true ? encodeReserved : encode, delimiter: (rest as { 'x-delimiter'?: string })['x-delimiter'] })
}

function plain(name: string, value: unknown, contentType: string | undefined): string {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  const asJson = contentType?.includes('json') ?? false
  return values.map(item => `${encodeForm(name)}=${encodeForm(asJson ? JSON.stringify(item) : textOf(item))}`).join('&')
}
