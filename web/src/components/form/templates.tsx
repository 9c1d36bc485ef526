/** How RJSF's forms are laid out here: names above, help below, parts of parts set in. */
import { Group, Stack, Text } from '@mantine/core'
import { buttonId, canExpand, descriptionId, getTemplate, getUiOptions, titleId, type ArrayFieldTitleProps, type FieldTemplateProps, type ObjectFieldTemplateProps, type TitleFieldProps } from '@rjsf/utils'

export function FieldTemplate({ id, label, errors, help, displayLabel, rawDescription, hidden, schema, uiSchema, registry, children, description: _description, classNames, style, ...rest }: FieldTemplateProps) {
  if (hidden) return <div hidden>{children}</div>
  const Wrap = getTemplate('WrapIfAdditionalTemplate', registry, getUiOptions(uiSchema))
  return (
    <Wrap id={id} classNames={classNames} style={style} label={label} displayLabel={displayLabel} rawDescription={rawDescription} schema={schema} uiSchema={uiSchema} registry={registry} {...rest}>
      {children}
      {displayLabel && rawDescription !== undefined && rawDescription !== '' && <Text id={descriptionId(id)} size="xs" c="dimmed" mt={4} className="app-anywhere">{rawDescription}</Text>}
      {errors}
      {help}
    </Wrap>
  )
}

/** No heading: how deep it lies says nothing of the page's outline. */
export function TitleFieldTemplate({ id, title, required }: TitleFieldProps) {
  return <Text id={id} size="sm" fw={600}>{title}{required && <span aria-hidden style={{ color: 'var(--app-bad)' }}> *</span>}</Text>
}

export function ArrayFieldTitleTemplate({ fieldPathId, title, uiSchema }: ArrayFieldTitleProps) {
  const { label: isShown = true, title: own } = getUiOptions(uiSchema)
  const shown = own || title
  return shown === undefined || shown === '' || !isShown ? null : <Text id={titleId(fieldPathId)} size="sm" fw={600}>{shown}</Text>
}

export function ObjectFieldTemplate({ title, description, properties, fieldPathId, schema, uiSchema, formData, registry, disabled, readonly, onAddProperty, optionalDataControl }: ObjectFieldTemplateProps) {
  const { AddButton } = registry.templates.ButtonTemplates
  const isRoot = fieldPathId.path.length === 0
  return (
    <Stack gap="sm" id={fieldPathId.$id} className={isRoot ? undefined : 'app-inset'} {...!isRoot && title !== '' && { role: 'group', 'aria-label': title }}>
      {!isRoot && title !== '' && <div><Text size="sm" fw={600}>{title}</Text>{description !== undefined && <Text size="xs" c="dimmed" component="div" className="app-anywhere">{description}</Text>}</div>}
      {optionalDataControl}
      {properties.filter((each) => !each.hidden).map((each) => <div key={each.name}>{each.content}</div>)}
      {canExpand(schema, uiSchema, formData) && <Group justify="flex-end"><AddButton id={buttonId(fieldPathId, 'add')} disabled={disabled || readonly} onClick={onAddProperty} uiSchema={uiSchema} registry={registry} /></Group>}
    </Stack>
  )
}
