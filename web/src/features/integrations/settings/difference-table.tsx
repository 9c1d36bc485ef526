import { Code, Table, Text } from '@mantine/core'
import { texts } from '../texts.ts'
import { differences } from './differences.ts'

/** Where two settings differ, leaf by leaf. */
export function DifferenceTable({ before, after, names }: { before: unknown, after: unknown, names: [before: string, after: string] }) {
  const found = differences(before, after)
  if (found.length === 0) return <Text size="sm" c="dimmed">{texts.noDifference}</Text>
  return (
    <Table fz="xs" layout="fixed">
      <Table.Thead><Table.Tr><Table.Th>{texts.conflictField}</Table.Th><Table.Th>{names[0]}</Table.Th><Table.Th>{names[1]}</Table.Th></Table.Tr></Table.Thead>
      <Table.Tbody>{found.map(({ field, before: was, after: is }) => <Table.Tr key={field}><Table.Td className="app-anywhere"><Code>{field}</Code></Table.Td><Table.Td className="app-anywhere">{was}</Table.Td><Table.Td className="app-anywhere">{is}</Table.Td></Table.Tr>)}</Table.Tbody>
    </Table>
  )
}
