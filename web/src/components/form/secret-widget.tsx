import { Button, Group, Stack } from '@mantine/core'
import PasswordWidget from '@rjsf/mantine/lib/widgets/PasswordWidget.js'
import type { WidgetProps } from '@rjsf/utils'
import { Dices } from 'lucide-react'
import { CopyButton } from '../copy-button.tsx'
import { texts } from '../texts.ts'

/** A secret that is typed, or made here where its field's `make` option can. */
export function SecretWidget({ options, ...rest }: WidgetProps) {
  const { make, ...others } = options as WidgetProps['options'] & { make?: () => string }
  const field = <PasswordWidget {...rest} options={others} />
  if (make === undefined || rest.disabled === true) return field
  return (
    <Stack gap={6}>
      {field}
      <Group gap="xs">
        <Button size="compact-sm" variant="default" leftSection={<Dices size={13} />} onClick={() => { rest.onChange(make()) }}>{texts.makeSecret}</Button>
        {typeof rest.value === 'string' && rest.value !== '' && <CopyButton value={rest.value} label={texts.copySecret} />}
      </Group>
    </Stack>
  )
}
