/** JSON as Postgres takes it into `jsonb`: U+0000 and lone surrogates, which JSON allows and Postgres doesn't, become U+FFFD. */
export function storableJson(value: unknown): string {
  // Escaped backslashes are matched first, so that a text that merely spells `\u0000` stays as it is.
  return JSON.stringify(value).replace(/\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g, (escape) => (escape === '\\\\' ? escape : '\ufffd'))
}
