/** A question to whoever sits at the terminal. */
import { createInterface } from 'node:readline'
import type { Surroundings } from './surroundings.ts'

/** Whether the answer is yes. Where there is no terminal nobody is asked, and it is. */
export async function isConfirmed({ stdin, stderr }: Pick<Surroundings, 'stdin' | 'stderr'>, question: string): Promise<boolean> {
  if (!stdin.isTTY) return true
  stderr.write(`${question} [y/N]: `)
  const reader = createInterface({ input: stdin, terminal: false })
  try {
    const answer = await new Promise<string>((resolve) => { reader.once('line', resolve).once('close', () => { resolve('') }) })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    reader.close()
  }
}
