import { Select } from '@mantine/core'

interface FilterChoiceProps { label: string, choices: Record<string, string>, value: string | undefined, onChange(value: string | undefined): void }

/** One of a list's filters; nothing chosen means any. */
export function FilterChoice({ label, choices, value, onChange }: FilterChoiceProps) {
  return (
    <Select aria-label={label} placeholder={label} clearable w={{ base: 'calc(50% - 4px)', xs: 160 }} data={Object.entries(choices).map(([each, text]) => ({ value: each, label: text }))}
      value={value ?? null} onChange={(next) => { onChange(next ?? undefined) }} />
  )
}
