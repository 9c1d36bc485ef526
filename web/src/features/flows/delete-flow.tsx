import { Confirm } from '../../components/confirm.tsx'
import { useDeleteFlow } from './deeds.ts'
import { texts } from './texts.ts'

export function DeleteFlow({ flowId, onClose, onDone }: { flowId: string, onClose(): void, onDone?: () => void }) {
  const remove = useDeleteFlow(() => {
    onClose()
    onDone?.()
  })
  return <Confirm opened title={texts.deleteTitle} text={texts.deleteText(flowId)} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { remove.mutate({ flowId }) }} onClose={onClose} />
}
