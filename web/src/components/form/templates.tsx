/** How RJSF's forms are laid out here: names above, help below, parts of parts set in. */
import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { ariaDescribedByIds, buttonId, canExpand, descriptionId, getTemplate, getUiOptions, titleId, type ArrayFieldTemplateProps, type ArrayFieldTitleProps, type DescriptionFieldProps, type FieldTemplateProps, type IconButtonProps, type ObjectFieldTemplateProps, type RJSFSchema, type TitleFieldProps, type UiSchema, type WidgetProps } from '@rjsf/utils'
import { Plus } from 'lucide-react'
import { texts } from '../texts.ts'
import { described } from './described.tsx'

export function DescriptionFieldTemplate({ id, description }: DescriptionFieldProps) {
  return description ? <Text id={id} size="xs" c="dimmed" component="div" className="app-anywhere">{described(description)}</Text> : null
}

export function FieldTemplate({ id, label, errors, help, displayLabel, rawDescription, hidden, schema, uiSchema, registry, children, description: _description, classNames, style, ...rest }: FieldTemplateProps) {
  if (hidden) return <div hidden>{children}</div>
  const Wrap = getTemplate('WrapIfAdditionalTemplate', registry, getUiOptions(uiSchema))
  return (
    <Wrap id={id} classNames={classNames} style={style} label={label} displayLabel={displayLabel} rawDescription={rawDescription} schema={schema} uiSchema={uiSchema} registry={registry} {...rest}>
      {children}
      {displayLabel && rawDescription !== undefined && rawDescription !== '' && <Text id={descriptionId(id)} size="xs" c="dimmed" mt={4} className="app-anywhere">{described(rawDescription)}</Text>}
      {errors}
      {help}
    </Wrap>
  )
}

/** No heading: how deep it lies says nothing of the page's outline. */
export function TitleFieldTemplate({ id, title, required }: TitleFieldProps) {
  return <Text id={id} size="sm" fw={600}>{title}{required && <Needed />}</Text>
}

function Needed() {
  return <span aria-hidden style={{ color: 'var(--app-bad)' }}> *</span>
}

export function ArrayFieldTitleTemplate({ fieldPathId, title, uiSchema, required }: ArrayFieldTitleProps) {
  const { label: isShown = true, title: own } = getUiOptions(uiSchema)
  const shown = own || title
  return shown === undefined || shown === '' || !isShown ? null : <Text id={titleId(fieldPathId)} size="sm" fw={600}>{shown}{required && <Needed />}</Text>
}

/** Folded where it is said so, unless something in it was refused. */
export function ObjectFieldTemplate(props: ObjectFieldTemplateProps) {
  const { title, description = '', schema, uiSchema, registry, fieldPathId, errorSchema } = props
  if (getUiOptions(uiSchema)['folded'] !== true) return <Parts {...props} />
  return (
    <details open={Object.keys(errorSchema ?? {}).length > 0 || undefined}>
      <summary><Text span size="sm" fw={600}>{title}</Text></summary>
      <Stack gap="sm" mt="xs"><DescriptionFieldTemplate id={descriptionId(fieldPathId)} description={description} schema={schema} uiSchema={uiSchema} registry={registry} /><Parts {...props} title="" /></Stack>
    </details>
  )
}

function Parts({ title, description, properties, fieldPathId, schema, uiSchema, formData, registry, errorSchema, disabled, readonly, onAddProperty, optionalDataControl }: ObjectFieldTemplateProps) {
  const { AddButton } = registry.templates.ButtonTemplates
  const isRoot = fieldPathId.path.length === 0
  const shown = properties.filter((each) => !each.hidden)
  const aside = shown.filter(({ name }) => isAside(name, schema, uiSchema))
  return (
    <Stack gap="sm" id={fieldPathId.$id} className={isRoot ? undefined : 'app-inset'} {...!isRoot && title !== '' && { role: 'group', 'aria-label': title }}>
      {!isRoot && title !== '' && <div><Text size="sm" fw={600}>{title}</Text>{description !== undefined && <Text size="xs" c="dimmed" component="div" className="app-anywhere">{described(description)}</Text>}</div>}
      {optionalDataControl}
      {shown.filter((each) => !aside.includes(each)).map((each) => <div key={each.name}>{each.content}</div>)}
      {canExpand(schema, uiSchema, formData) && <Group><AddButton id={buttonId(fieldPathId, 'add')} disabled={disabled || readonly} onClick={onAddProperty} uiSchema={uiSchema} registry={registry} /></Group>}
      {aside.length > 0 && (
        <details open={aside.some(({ name }) => errorSchema?.[name] !== undefined) || undefined}>
          <summary><Text span size="sm" c="dimmed">{texts.moreFields}</Text></summary>
          <Stack gap="sm" mt="xs">{aside.map((each) => <div key={each.name}>{each.content}</div>)}</Stack>
        </details>
      )}
    </Stack>
  )
}

/** What few need: said so by whoever draws the form, or to be done without by now. */
function isAside(name: string, { properties, required }: RJSFSchema, uiSchema: UiSchema | undefined): boolean {
  if (getUiOptions(uiSchema?.[name] as UiSchema | undefined)['aside'] === true) return true
  return (properties?.[name] as RJSFSchema | undefined)?.deprecated === true && required?.includes(name) !== true
}

export function ArrayFieldTemplate({ title, schema, uiSchema, items, fieldPathId, required, canAdd, disabled, readonly, onAddClick, optionalDataControl, registry }: ArrayFieldTemplateProps) {
  const { AddButton } = registry.templates.ButtonTemplates
  const { title: own, description = schema.description } = getUiOptions(uiSchema)
  const shown = own || title
  return (
    <Stack gap={6} id={fieldPathId.$id} data-kind="list" role="group" aria-label={shown}>
      {shown && <ArrayFieldTitleTemplate fieldPathId={fieldPathId} title={shown} required={required ?? false} schema={schema} uiSchema={uiSchema} registry={registry} />}
      <DescriptionFieldTemplate id={descriptionId(fieldPathId)} description={description ?? ''} schema={schema} uiSchema={uiSchema} registry={registry} />
      {optionalDataControl}
      {items.length > 0 && <div>{items}</div>}
      {canAdd && <Group><AddButton id={buttonId(fieldPathId, 'add')} disabled={disabled || readonly} onClick={onAddClick} uiSchema={uiSchema} registry={registry} /></Group>}
    </Stack>
  )
}

export function AddButton({ id, disabled, onClick }: IconButtonProps) {
  return <Button id={id} size="compact-sm" variant="default" leftSection={<Plus size={13} />} disabled={disabled} onClick={onClick}>{texts.add}</Button>
}

export function CheckboxWidget({ id, htmlName, name, value, disabled, readonly, required, label, hideLabel, schema, options, rawErrors, onChange }: WidgetProps) {
  return (
    <Checkbox
      id={id} name={htmlName ?? name} label={hideLabel ? undefined : label} description={<Text span size="xs" id={descriptionId(id)}>{described(options.description ?? schema.description)}</Text>} disabled={disabled || readonly} required={required}
      checked={value === true || value === 'true'} error={rawErrors?.join('\n')} aria-describedby={ariaDescribedByIds(id)} onChange={(event) => { onChange(event.currentTarget.checked) }}
    />
  )
}
