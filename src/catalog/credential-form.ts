/** A connector's credential as JSON Schema, for forms and for whoever checks what he is about to send. */
import type { CredentialField, JsonSchema, Manifest } from '../connectors/connector.ts'

/** Fields that belong to choices of another field are asked for by `if` and `then`. */
export function credentialsAsSchema(fields: Manifest['credentialSchema']): JsonSchema {
  // What is connected at any vendor's is nothing that could be typed in.
  const all = Object.entries(fields).filter(([, { oauth }]) => oauth === undefined || Object.keys(oauth).length > 0)
  const conditional = Map.groupBy(all.filter(([, { when }]) => when !== undefined), ([, { when }]) => JSON.stringify(when))
  return {
    type: 'object', ...partsOf(all.filter(([, { when }]) => when === undefined)),
    // oxlint-disable-next-line unicorn/no-thenable -- the standard's word
    ...conditional.size > 0 && { allOf: [...conditional.values()].map((group) => ({ if: conditionOf(group[0]![1].when!), then: partsOf(group) })) },
  }
}

function partsOf(fields: [string, CredentialField][]): JsonSchema {
  return { required: fields.filter(([, { required }]) => required).map(([name]) => name), properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field)])) }
}

function conditionOf(when: NonNullable<CredentialField['when']>): JsonSchema {
  return { required: Object.keys(when), properties: Object.fromEntries(Object.entries(when).map(([name, values]) => [name, { enum: values }])) }
}

function schemaOf({ label, type, description, schema }: CredentialField): JsonSchema {
  const plain = schema ?? { type: 'string', ...type !== 'text' && { writeOnly: true } }
  return { ...plain, title: label, ...description !== undefined && { description } }
}
