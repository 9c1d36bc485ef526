import { Braces, Clock, Ear, Flag, GitFork, ListTree, PhoneOutgoing, Radio, Repeat, ShieldCheck, SquareDashed, SquareTerminal, Split, type LucideIcon } from 'lucide-react'
import type { TaskKind } from './tasks.ts'

const icons: Record<TaskKind, LucideIcon> = {
  call: PhoneOutgoing, emit: Radio, for: Repeat, fork: GitFork, listen: Ear, raise: Flag, run: SquareTerminal, set: Braces, switch: Split, try: ShieldCheck, wait: Clock, do: ListTree,
}

export const iconOf = (kind: TaskKind | undefined): LucideIcon => (kind === undefined ? SquareDashed : icons[kind])
