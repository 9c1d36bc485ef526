import { at } from '../pointer.ts'
import type { ResolvedParameter } from '../types.ts'
import { encode, encodeReservedInPath } from './percent.ts'
import { refuseInput } from './refuse.ts'
import { serialiserOf, textOf, type Serialise } from './styles.ts'

export interface PathValue { name: string, key: string, write: Serialise, multiSegment: boolean }

/** `key` is the parameter's name in the operation's input. */
export function pathValueOf(parameter: ResolvedParameter, key: string): PathValue {
  const { name, style, explode, allowReserved, delimiter, mediaType, multiSegment = false } = parameter
  const encodeText = allowReserved === true ? encodeReservedInPath : encode
  const write = multiSegment ? (value: unknown) => textOf(value).split('/').map(encodeText).join('/')
    : mediaType !== undefined ? (value: unknown) => encode(typeof value === 'string' && !mediaType.includes('json') ? value : JSON.stringify(value))
      : serialiserOf({ name, style, explode, encode: encodeText, delimiter })
  return { name, key, write, multiSegment }
}

type Piece = string | PathValue

export type WritePath = (valueOf: (key: string) => unknown) => { path: string, query: string }

/**
 * Splits the template once. A value can never leave its segment: what parts segments is encoded, and a segment that would
 * come out empty, `.` or `..` is refused, since every URL parser resolves those, percent-encoded or not.
 */
export function compilePath(template: string, values: PathValue[]): WritePath {
  // Amazon's documents tell operations on one path apart by a fragment, which is no part of the request.
  const [withoutFragment = ''] = template.split('#')
  const mark = withoutFragment.indexOf('?')
  const path = mark === -1 ? withoutFragment : withoutFragment.slice(0, mark)
  const segments = path.split('/').slice(1).map(segment => piecesOf(segment, values))
  const query = mark === -1 ? [] : piecesOf(withoutFragment.slice(mark + 1), values)
  return valueOf => {
    let written = ''
    for (const segment of segments) written += `/${writeSegment(segment, valueOf)}`
    return { path: written, query: query.length === 0 ? '' : writePieces(query, valueOf) }
  }
}

function piecesOf(text: string, values: PathValue[]): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(/\{\+?([^{}]*?)\*?\}/g)) {
    const value = values.find(({ name }) => name === match[1])
    if (value === undefined) continue
    if (match.index > from) pieces.push(encodeLiteral(text.slice(from, match.index)))
    pieces.push(value)
    from = match.index + match[0].length
  }
  if (from < text.length) pieces.push(encodeLiteral(text.slice(from)))
  return pieces
}

/** The template's own text is in the document's words: only what no URL may hold is encoded. */
function encodeLiteral(text: string): string {
  return text.toWellFormed().replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~%:@!$&'()*+,;=/?-]/gu, encodeURIComponent)
}

function writePieces(pieces: Piece[], valueOf: (key: string) => unknown): string {
  let text = ''
  for (const piece of pieces) text += typeof piece === 'string' ? piece : piece.write(valueOf(piece.key))
  return text
}

function writeSegment(pieces: Piece[], valueOf: (key: string) => unknown): string {
  const [first] = pieces
  if (first === undefined) return ''
  if (typeof first === 'string' && pieces.length === 1) return first
  const text = writePieces(pieces, valueOf)
  if (isSafe(text)) return text
  const value = pieces.find(piece => typeof piece !== 'string') as PathValue
  if (value.multiSegment && text.includes('/') && text.split('/').every(isSafe)) return text
  return refuseInput(at('', value.key), text === '' ? 'must not be empty in a path' : 'would lead to another path')
}

function isSafe(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && !segment.includes('/')
}
