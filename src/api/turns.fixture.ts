import { setImmediate } from 'node:timers/promises'

/** How often other work had its turn while this was done. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const count = { turns: 0, going: true }
  const counting = (async () => {
    for (; count.going; count.turns += 1) await setImmediate()
  })()
  await work().finally(() => { count.going = false })
  await counting
  return count.turns
}
