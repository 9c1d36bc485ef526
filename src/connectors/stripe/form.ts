/**
 * Stripe's form encoding: lists and objects in brackets, `items[0][price]=…&metadata[order]=17`
 * (https://docs.stripe.com/api, and `style: deepObject` in its OpenAPI document).
 */

/** What is undefined is left out; null empties a field, which Stripe writes as nothing after the `=`. */
export function encodeForm(fields: Record<string, unknown>): string {
  return pairs(fields, (name) => encodeURIComponent(name)).join('&')
}

function pairs(value: object, nameOf: (key: string) => string): string[] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    const name = nameOf(key)
    if (each === undefined) return []
    if (typeof each === 'object' && each !== null) return pairs(each, (inner) => `${name}[${encodeURIComponent(inner)}]`)
    return [`${name}=${each === null ? '' : encodeURIComponent(String(each).toWellFormed())}`]
  })
}
