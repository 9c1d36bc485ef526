/** What is written of a run: its state for whoever goes on, its tasks and its end for those who look. */
import type { BlobReference } from '../../connectors/connector.ts'
import { noMask, type Mask } from '../../lib/mask.ts'
import type { FaultDetail } from '../fault.ts'
import { entryText, type EndedTask, type RunStep } from './entry.ts'
import { writeWithout, type LargeValues } from './large.ts'
import type { LiveRun } from './run.ts'
import { writeState } from './state.ts'
import { Value } from './value.ts'

/** One moment of a run: its state as text, and the tasks that ended up to there. */
export interface Snapshot { state: string, seq: number, taken: EndedTask[], steps: RunStep[] }

export async function snapshotOf(run: LiveRun, large: LargeValues): Promise<Snapshot> {
  const seq = run.state.journal++
  for (;;) {
    const missing: (object | string)[] = []
    const state = writeState(run.state, large, missing)
    // Both at once: what ends while something is stored belongs to neither.
    if (state !== undefined) return { state, seq, taken: run.takeEnded(), steps: run.takeSteps() }
    for (const part of missing) await large.store(part)
  }
}

/** Values as they may be shown: secrets masked, large parts as references. */
async function shownTexts(run: LiveRun, large: LargeValues, values: readonly Value[]): Promise<(value: Value) => string> {
  const texts = new Map<unknown, string>()
  for (const { of } of values) if (!texts.has(of)) texts.set(of, await shownText(run, large, of))
  return ({ of }) => texts.get(of)!
}

async function shownText({ mask }: LiveRun, large: LargeValues, value: unknown): Promise<string> {
  const references = new Map<object | string, string>()
  const { parts } = writeWithout(value, () => 'null')
  for (const { part } of parts) references.set(part, JSON.stringify(await storeShown(mask, large, part)))
  const { json } = writeWithout(value, (part) => references.get(part)!)
  return mask.maskJson(json)
}

/** Where it holds a secret, a masked copy. */
async function storeShown(mask: Mask, large: LargeValues, part: object | string): Promise<BlobReference> {
  if (mask !== noMask) {
    const json = JSON.stringify(part)
    const masked = mask.maskJson(json)
    if (masked !== json) return large.storeText(masked)
  }
  return large.find(part) ?? await large.store(part)
}

/** Tasks that ended, as a JSON array; empty where there are none. */
export async function entriesText(run: LiveRun, large: LargeValues, taken: readonly EndedTask[]): Promise<string> {
  if (taken.length === 0) return ''
  const write = await shownTexts(run, large, taken.flatMap(({ frame, output, raw, context }) => [frame.from ?? frame.input, ...[output, raw, context].filter((each) => each !== undefined)]))
  return `[${taken.map((each) => entryText(each, write, (json) => run.mask.maskJson(json))).join(',')}]`
}

/** What stands in the row of a run that is over. */
export async function recordText(run: LiveRun, large: LargeValues, { output, error, tasks }: { output: unknown, error: FaultDetail | undefined, tasks: string }): Promise<string> {
  const made = new Value(output)
  const write = await shownTexts(run, large, [run.input, made])
  return `{"input":${write(run.input)},"output":${write(made)},"error":${error === undefined ? 'null' : run.mask.maskJson(JSON.stringify(error))},"tasks":${tasks === '' ? '[]' : tasks}}`
}
