/** The conformance kit of Serverless Workflow, each of its scenarios against a hub. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openHub, type TestHub } from '../hub.ts'
import { readScenarios, specification, type Scenario, type Step } from './kit.ts'
import { startStandIn, type StandIn } from './stand-in.ts'
import { runFlow, type ConformanceRun } from './run-flow.ts'

const scenarios = specification === undefined ? [] : readScenarios(specification)

describe.skipIf(specification === undefined)('conformance kit', () => {
  let hub: TestHub, close: () => Promise<void>, standIn: StandIn

  beforeAll(async () => {
    standIn = await startStandIn();
    ({ hub, close } = await openHub())
  })
  afterAll(async () => {
    await close()
    await standIn.close()
  })

  test.each(scenarios.map((scenario, at) => ({ title: `${scenario.feature}: ${scenario.name}`, scenario, at })))('$title', async ({ scenario, at }) => {
    const key = await hub.addTenant(`kit-${at}`)
    const run = await runFlow(hub, { key, text: standIn.localized(contentOf(scenario, /workflow with definition/)!), input: parsed(contentOf(scenario, /workflow input is/)) })
    for (const step of scenario.steps.slice(stepOf(scenario, /is executed/) + 1)) check(step, run)
  })
})

// A skipped suite of no tests would not be counted; with the kit at hand, nothing of it is skipped.
if (specification === undefined) test.skip('the conformance kit: SERVERLESS_WORKFLOW_SPECIFICATION names no checkout of the specification', () => undefined)
else {
  test('the kit was read whole', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(20)
  })
}

function stepOf({ steps }: Scenario, pattern: RegExp): number {
  return steps.findIndex(({ text }) => pattern.test(text))
}

function contentOf(scenario: Scenario, pattern: RegExp): string | undefined {
  return scenario.steps[stepOf(scenario, pattern)]?.content
}

function parsed(content: string | undefined): unknown {
  return content === undefined ? undefined : parse(content)
}

const checks: [RegExp, (run: ConformanceRun, words: string[], content: unknown) => void][] = [
  [/^the workflow should complete$/, (run) => { expect(run).toMatchObject({ status: 'completed' }) }],
  [/^the workflow should complete with output:$/, (run, _words, content) => { expect(run).toMatchObject({ status: 'completed', output: content }) }],
  [/^the workflow should fault$/, (run) => { expect(run).toMatchObject({ status: 'faulted' }) }],
  [/^the workflow should fault with error:$/, (run, _words, content) => { expect(run).toMatchObject({ status: 'faulted', error: content as object }) }],
  [/^the workflow output should have properties (.+)$/, (run, [list]) => { for (const [, path] of list!.matchAll(/'([^']+)'/g)) expect(run.output).toHaveProperty(path!) }],
  [/^the workflow output should have a '(.+)' property with value:$/, (run, [path], content) => { expect(run.output).toHaveProperty(path!, content) }],
  [/^the workflow output should have a '(.+)' property containing (\d+) items$/, (run, [path, count]) => { expect((run.output as Record<string, unknown[]>)[path!]).toHaveLength(Number(count)) }],
  [/^(\S+) should run first$/, (run, [name]) => { expect(run.tasks[0]?.name).toBe(name) }],
  [/^(\S+) should run last$/, (run, [name]) => { expect(run.tasks.at(-1)?.name).toBe(name) }],
  [/^(\S+) should run after (\S+)$/, (run, [later, earlier]) => {
    const names = run.tasks.map(({ name }) => name)
    expect(names).toContain(earlier)
    expect(names.indexOf(later!)).toBeGreaterThan(names.indexOf(earlier!))
  }],
]

function check({ text, content }: Step, run: ConformanceRun): void {
  const [pattern, verify] = checks.find(([each]) => each.test(text)) ?? []
  if (pattern === undefined || verify === undefined) throw new Error(`The kit says what is not understood here: ${text}`)
  verify(run, pattern.exec(text)!.slice(1), parsed(content))
}
