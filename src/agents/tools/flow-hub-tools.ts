/** The hub's own tools for flows and their runs. */
import { z } from 'zod'
import { HubError } from '../../errors.ts'
import { answered, defineHubTool, dryRun, looksOnly, mustRead, page, word, type HubTool } from './hub-tools.ts'
import { awaitRun, performFlow } from './perform.ts'
import { reachesFlow, runnerOf, type Reach } from './reach.ts'
import type { DescribedFlow } from './flow-source.ts'
import type { HubToolDeps } from './hub-tools.ts'
import type { Performance } from './perform.ts'

const offered = ({ flows }: Reach): boolean => flows.length > 0
const waitSeconds = z.number().min(0).max(300).optional().describe('How long to wait for the end, in seconds. What takes longer goes on by itself: get_run tells of its end.')

async function findFlow({ flows }: HubToolDeps, { caller, reach }: Performance, flowId: string): Promise<DescribedFlow> {
  const flow = reachesFlow(reach, flowId) ? await flows.find(runnerOf(caller), flowId) : undefined
  if (flow === undefined) throw new HubError('tool_not_found', `You may start no flow ${flowId.slice(0, 200)}: list_flows lists those that you may.`)
  return flow
}

const triggerIntegrationFlow = defineHubTool({
  name: 'trigger_integration_flow', title: 'Start a flow', hints: {}, offered,
  description: 'Start a flow with parameters and get what it answers. list_flows lists the flows, describe_flow shows which parameters one takes.',
  input: z.strictObject({
    flow_id: word.describe('Name of the flow, such as send-summary-email; namespace/name outside the namespace default.'),
    parameters: z.record(z.string(), z.unknown()).default({}).describe("The flow's input, as describe_flow shows it."), wait_seconds: waitSeconds, dry_run: dryRun,
    keep_running: z.boolean().default(false).describe('The run goes on though this call is cancelled while it waits; otherwise it is cancelled as well.'),
  }),
  example: { flow_id: 'send-summary-email', parameters: { to: 'ada@example.com', subject: 'Summary', body: '<p>All is well.</p>' } },
  async run(deps, performance, { flow_id: flowId, parameters, wait_seconds: wait, dry_run: dry, keep_running: keepRunning }) {
    const flow = await findFlow(deps, performance, flowId)
    return performFlow(deps, performance, flow, { input: parameters, dryRun: dry || performance.call.dryRun, waitMs: wait === undefined ? performance.call.waitMs : wait * 1000, keepRunning, at: '/parameters' })
  },
})

const listFlows = defineHubTool({
  name: 'list_flows', title: 'List flows', hints: looksOnly, offered,
  description: 'List the flows that you may start.',
  input: z.strictObject({ query: word.optional().describe('Words that they are about.'), ...page }), example: {},
  async run({ catalog }, { caller, reach }, { query, limit, cursor }) {
    const { data, nextCursor } = await catalog.flows(caller, reach, { q: query, limit, cursor })
    return answered({ flows: data.map(({ flowId, version, title, summary }) => ({ flow_id: flowId, version, title, summary })), nextCursor })
  },
})

const describeFlow = defineHubTool({
  name: 'describe_flow', title: 'Describe a flow', hints: looksOnly, offered,
  description: 'Get a flow with the JSON Schema of its parameters.',
  input: z.strictObject({ flow_id: word }), example: { flow_id: 'send-summary-email' },
  async run(deps, performance, { flow_id: flowId }) {
    const { version, title, summary, input, hints } = await findFlow(deps, performance, flowId)
    return answered({ flow_id: flowId, version, title, summary, parameters: input ?? {}, hints })
  },
})

const getRun = defineHubTool({
  name: 'get_run', title: 'Get a run', hints: looksOnly, offered,
  description: 'Get a run of a flow with its status, output and tasks; with wait_seconds, wait for its end.',
  input: z.strictObject({ run_id: word, wait_seconds: waitSeconds }), example: { run_id: '01980000-0000-7000-8000-000000000000', wait_seconds: 30 },
  async run({ flows, audit }, { caller, call }, { run_id: id, wait_seconds: wait }) {
    await mustRead({ flows, audit }, caller, 'run', id)
    const runner = runnerOf(caller)
    if (wait !== undefined) await awaitRun(flows, runner, { id, status: 'running' }, { waitMs: wait * 1000, call })
    return answered(await flows.read(runner, id))
  },
})

const cancelRun = defineHubTool({
  name: 'cancel_run', title: 'Cancel a run', hints: { readOnly: false, destructive: true, idempotent: true }, offered,
  description: 'End a run of a flow that is not over yet. What it did already stays done.',
  input: z.strictObject({ run_id: word }), example: { run_id: '01980000-0000-7000-8000-000000000000' },
  async run({ flows, audit }, { caller }, { run_id: id }) {
    await mustRead({ flows, audit }, caller, 'run', id)
    if (caller.agent === undefined && !caller.scopes.has('flows:run')) throw new HubError('forbidden', 'This needs the scope flows:run, which the key does not have.')
    const { status } = await flows.cancel(runnerOf(caller), id)
    return answered({ run_id: id, status })
  },
})

export const flowHubTools: HubTool[] = [triggerIntegrationFlow, listFlows, describeFlow, getRun, cancelRun]

