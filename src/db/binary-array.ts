/**
 * Postgres' binary form of a one-dimensional array (`array_recv` in its source): dimensions, null flag, element type, length, lower bound,
 * then each element with its length. As text every element would be escaped here and unescaped there: this halves the cost of an insert.
 */

/** From pg_type.dat. */
const JSON_OID = 114
const TEXT_OID = 25
const HEADER_BYTES = 20

/** A parameter for `$n::json[]`. `sizes` are the elements' lengths in UTF-8. */
export function jsonArray(elements: readonly string[], sizes: readonly number[]): Buffer {
  return arrayOf(JSON_OID, elements, sizes)
}

/** A parameter for `$n::text[]`. Elements hold no NUL. */
export function textArray(elements: readonly string[], sizes: readonly number[]): Buffer {
  return arrayOf(TEXT_OID, elements, sizes)
}

function arrayOf(oid: number, elements: readonly string[], sizes: readonly number[]): Buffer {
  let size = HEADER_BYTES
  for (const each of sizes) size += 4 + each
  const buffer = Buffer.allocUnsafe(size)
  buffer.writeInt32BE(1, 0)
  buffer.writeInt32BE(0, 4)
  buffer.writeInt32BE(oid, 8)
  buffer.writeInt32BE(elements.length, 12)
  buffer.writeInt32BE(1, 16)
  let at = HEADER_BYTES
  for (const [index, element] of elements.entries()) {
    buffer.writeInt32BE(sizes[index]!, at)
    at += 4 + buffer.write(element, at + 4, 'utf8')
  }
  return buffer
}
