/** What a new flow begins as: it runs as it stands, and shows how input, steps and decisions are written. */
export const template = `document:
  dsl: 1.0.3
  namespace: default
  name: my-flow
  version: 1.0.0
  title: My flow
  summary: What it does, in a sentence.
input:
  schema:
    document:
      type: object
      required: [name]
      properties:
        name: { type: string, description: Whom to greet. }
do:
  - prepare:
      set:
        name: \${ .name }
        length: \${ .name | length }
  # An operation of an integration: its name, a slash, the operation.
  # - fetch:
  #     call: Shop/getOrder
  #     with:
  #       id: \${ .orderId }
  - decide:
      if: .length > 20
      set:
        name: \${ .name[:20] }
  - answer:
      set:
        greeting: \${ "Hello \\(.name)" }
`

/** The same document with another version: the text of the version alone is changed. */
export function withVersion(text: string, from: string, to: string): string {
  const at = text.search(/^\s*(?:"?document"?\s*:|\{)/m)
  const start = text.indexOf(from, text.slice(Math.max(0, at)).search(/\bversion["']?\s*:/) + Math.max(0, at))
  return start === -1 ? text : text.slice(0, start) + to + text.slice(start + from.length)
}

/** The next patch; a pre-release becomes its release. */
export function nextVersion(version: string): string {
  const [, major = '0', minor = '0', patch = '0', pre] = /^(\d+)\.(\d+)\.(\d+)(-)?/.exec(version) ?? []
  return pre === undefined ? `${major}.${minor}.${Number(patch) + 1}` : `${major}.${minor}.${patch}`
}
