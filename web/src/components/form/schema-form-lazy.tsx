import { getDefaultRegistry, withTheme } from '@rjsf/core'
import { generateTemplates } from '@rjsf/mantine/lib/templates/index.js'
import Input from '@rjsf/mantine/lib/templates/BaseInputTemplate.js'
import CheckboxesWidget from '@rjsf/mantine/lib/widgets/CheckboxesWidget.js'
import RadioWidget from '@rjsf/mantine/lib/widgets/RadioWidget.js'
import SelectWidget from '@rjsf/mantine/lib/widgets/SelectWidget.js'
import TextareaWidget from '@rjsf/mantine/lib/widgets/TextareaWidget.js'
import { toErrorSchema, type BaseInputTemplateProps, type FieldProps, type RJSFSchema, type UiSchema, type WidgetProps } from '@rjsf/utils'
import { useEffect, useMemo, useRef } from 'react'
import { pointerParts } from '../../lib/pointer.ts'
import { texts } from '../texts.ts'
import type { SchemaFormProps, StandIn } from './schema-form.tsx'
import { drawable, fileForm, isAnything } from './drawable.ts'
import { FileField } from './file-field.tsx'
import { itemName } from './item-name.ts'
import { JsonField } from './json-field.tsx'
import { SecretWidget } from './secret-widget.tsx'
import { StandInField } from './stand-in.tsx'
import { AddButton, ArrayFieldTemplate, ArrayFieldTitleTemplate, CheckboxWidget, DescriptionFieldTemplate, FieldTemplate, ObjectFieldTemplate, TitleFieldTemplate } from './templates.tsx'
import { validator } from './validator.ts'

/** The field says its description already, for every kind of input. */
function PlainInput({ schema: { description: _description, ...schema }, ...rest }: BaseInputTemplateProps) {
  return <Input {...rest} schema={schema} />
}

const { SchemaField } = getDefaultRegistry().fields as unknown as { SchemaField: React.ComponentType<FieldProps> }

function FieldOrStandIn(props: FieldProps) {
  const { stand } = (props.registry.formContext ?? {}) as { stand?: StandIn }
  // The form as a whole is one of fields.
  if (props.fieldPathId.path.length === 0) return <SchemaField {...props} />
  if (stand === undefined) return <OneField {...props} />
  return <StandInField stand={stand} field={props}><OneField {...props} /></StandInField>
}

/** RJSF's, but for what it draws nothing of: files, and values of any form. */
function OneField(props: FieldProps) {
  const schema = props.registry.schemaUtils.retrieveSchema(props.schema, props.formData)
  const form = fileForm(schema)
  if (form !== undefined) return <FileField form={form} field={{ ...props, schema }} />
  return isAnything(schema) ? <JsonField {...props} schema={schema} /> : <SchemaField {...props} />
}

function ItemField({ title, ...rest }: FieldProps) {
  return <FieldOrStandIn {...rest} {...title !== undefined && { title: itemName(title) }} />
}

/** As it is sent: a picker would show another hour than the one that goes out. */
function Moment(props: WidgetProps) {
  const { BaseInputTemplate } = props.registry.templates
  return <BaseInputTemplate {...props} type="text" placeholder={props.placeholder || texts.momentExample} />
}

/** What need not be said can be taken back. */
function Choice({ options, ...rest }: WidgetProps) {
  return <SelectWidget {...rest} options={{ ...options, clearable: rest.required !== true && rest.multiple !== true && !rest.id.endsWith('of_select') }} />
}

const inherited = generateTemplates()

// Without the pickers of dates, colours and files: browsers have their own, and the three weigh as much as all the rest.
const RjsfForm = withTheme({
  fields: { SchemaField: FieldOrStandIn, ArraySchemaField: ItemField },
  templates: {
    ...inherited, BaseInputTemplate: PlainInput, ArrayFieldTemplate, ArrayFieldTitleTemplate, DescriptionFieldTemplate, FieldTemplate, ObjectFieldTemplate, TitleFieldTemplate,
    ButtonTemplates: { ...inherited.ButtonTemplates!, AddButton },
  },
  widgets: { CheckboxesWidget, CheckboxWidget, DateTimeWidget: Moment, PasswordWidget: SecretWidget, RadioWidget, SelectWidget: Choice, TextareaWidget },
})

/** Of the whole form: no button of its own, since it stands within something that has one. */
const plain: UiSchema = { 'ui:submitButtonOptions': { norender: true } }

export function SchemaFormLazy({ schema, value, onChange, errors = [], ui, idPrefix, disabled = false, autoFocus = false, stand }: SchemaFormProps) {
  const shown = useMemo(() => simplified(schema), [schema])
  const refused = useMemo(() => toErrorSchema(errors.map(({ pointer, detail }) => ({ property: pointerParts(pointer).map((part) => `.${part}`).join(''), message: detail, stack: detail }))), [errors])
  const context = useMemo(() => ({ ...stand && { stand } }), [stand])
  const latest = useRef(onChange)
  latest.current = onChange
  const fields = useRef<HTMLDivElement>(null)
  // The form comes late: whoever opened a list or began to type meanwhile goes on undisturbed.
  useEffect(() => {
    if (autoFocus && document.activeElement === document.body) fields.current?.querySelector<HTMLElement>('input, textarea, select')?.focus()
  }, [autoFocus])
  return (
    <div ref={fields}><RjsfForm
      tagName="div" schema={shown} formData={value} validator={validator} idPrefix={idPrefix ?? 'field'} disabled={disabled} formContext={context}
      uiSchema={{ ...plain, ...ui }} extraErrors={refused} extraErrorsBlockSubmit={false} showErrorList={false} noHtml5Validate
      // Where texts may stand for values, nothing is put in that nobody typed.
      experimental_defaultFormStateBehavior={{ emptyObjectFields: stand === undefined ? 'populateRequiredDefaults' : 'skipDefaults', arrayMinItems: { populate: 'requiredOnly' } }}
      onChange={({ formData }) => { latest.current(formData) }}
    /></div>
  )
}

/** Titles of the fields are their names where the schema has none; a title of the whole would repeat the page's. */
function simplified({ title: _title, description: _description, $schema: _draft, ...schema }: Record<string, unknown>): RJSFSchema {
  return drawable(schema) as RJSFSchema
}
