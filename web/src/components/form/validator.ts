/** RJSF's validator over `@cfworker/json-schema`: the usual one compiles code, which the page's policy forbids. */
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema'
import { createErrorHandler, toErrorSchema, unwrapErrorHandler, validationDataMerge, getDefaultFormState, type CustomValidator, type ErrorTransformer, type RJSFSchema, type RJSFValidationError, type UiSchema, type ValidationData, type ValidatorType } from '@rjsf/utils'

// What says only that something below does not fit is left out: the innermost says what.
const wrappers = new Set(['properties', 'items', 'allOf', '$ref', 'additionalProperties', 'prefixItems', 'dependentSchemas', 'if', 'then', 'else', 'patternProperties'])

function check(schema: RJSFSchema, data: unknown): RJSFValidationError[] {
  const { errors } = new Validator(schema as Schema, '2020-12', false).validate(data)
  const found = errors.filter(({ keyword, error }) => !wrappers.has(keyword) || error.includes('not allowed'))
  return found.map(toError)
}

function toError({ keyword, instanceLocation, error }: OutputUnit): RJSFValidationError {
  const missing = keyword === 'required' ? /"([^"]+)"/.exec(error)?.[1] : undefined
  const parts = instanceLocation.replace(/^#/, '').split('/').slice(1).map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
  const property = [...parts, ...missing === undefined ? [] : [missing]].map((part) => `.${part}`).join('')
  return { name: keyword, property, message: missing === undefined ? error : 'is needed', params: {}, stack: `${property} ${error}`, schemaPath: '' }
}

export const validator: ValidatorType = {
  isValid: (schema, data, root) => {
    try {
      // Parts of a schema refer to the definitions of the whole.
      const { $defs, definitions } = root as RJSFSchema & { definitions?: object }
      return new Validator({ ...$defs && { $defs }, ...definitions && { definitions }, ...schema as object } as Schema, '2020-12', true).validate(data).valid
    } catch {
      return false
    }
  },
  rawValidation: <Result>(schema: RJSFSchema, data?: unknown) => ({ errors: check(schema, data) as Result[] }),
  validateFormData(data: unknown, schema: RJSFSchema, custom?: CustomValidator, transform?: ErrorTransformer, uiSchema?: UiSchema): ValidationData<unknown> {
    const raw = check(schema, data)
    const errors = transform === undefined ? raw : transform(raw, uiSchema)
    const result: ValidationData<unknown> = { errors, errorSchema: toErrorSchema(errors) }
    if (custom === undefined) return result
    const withDefaults = getDefaultFormState(validator, schema, data, schema, true)
    return validationDataMerge(result, unwrapErrorHandler(custom(withDefaults, createErrorHandler(withDefaults), uiSchema)))
  },
}

