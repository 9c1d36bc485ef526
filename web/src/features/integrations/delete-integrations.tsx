import { Confirm } from '../../components/confirm.tsx'
import { useDelete } from './deeds.ts'
import { texts } from './texts.ts'

export function DeleteIntegrations({ rows, onClose, onDone }: { rows: { id: string, name: string }[], onClose(): void, onDone(): void }) {
  const remove = useDelete(() => {
    onClose()
    onDone()
  })
  const names = rows.slice(0, 5).map(({ name }) => name.slice(0, 80)).join(', ') + (rows.length > 5 ? ' …' : '')
  return <Confirm opened title={texts.deleteTitle(rows.length)} text={texts.deleteText(names)} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { remove.mutate(rows) }} onClose={onClose} />
}
