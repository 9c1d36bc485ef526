import { z } from 'zod'
import { MOST_FILES } from '../../../flows/apply.ts'
import { defineRoute } from '../../route.ts'
import { finding, missingAllowed, tag } from './shapes.ts'

const files = z.array(z.strictObject({
  path: z.string().min(1).max(1000).describe('What the file is called in findings. What ends with `.json` is read as JSON, everything else as YAML.'),
  content: z.string().max(4 * 1024 * 1024).describe('One document, or several with `---` between them.'),
})).min(1).max(MOST_FILES)
const prune = z.boolean().default(false).describe('Remove flows that no file has, in the namespaces that the files have.')
const allowMissing = z.boolean().default(false).describe(`${missingAllowed} Flows of other files are there.`)

const plan = z.object({
  items: z.array(z.object({
    action: z.enum(['create', 'version', 'publish', 'unchanged', 'conflict', 'invalid', 'remove']).describe('`version`: a new one of a flow that is there. `publish`: what is a draft. `conflict`: published with another content, or still running where it would be removed.'),
    flow: z.string().nullable(), version: z.string().nullable(), path: z.string().nullable().describe('Null for what no file has.'),
    findings: z.array(finding).describe('With lines of the file.'), detail: z.string().nullable(),
  })).describe('By their paths; removals come last.'),
  applicable: z.boolean().describe('Nothing is in the way.'),
  digest: z.string().describe('Give it to `apply` to have exactly this plan carried out.'),
}).meta({ id: 'FlowPlan' })

export const planFlows = defineRoute({
  method: 'POST', path: '/api/v1/flows/plan', scope: 'flows:write', tag,
  summary: 'Show what a folder of documents would change. Nothing is stored.',
  body: z.strictObject({ files, prune, allowMissing }), freeText: ['/files'], reply: plan,
  handle: ({ flowApply }, { caller, body: { files, ...options } }) => flowApply.plan(caller, files, options),
})

export const applyFlows = defineRoute({
  method: 'POST', path: '/api/v1/flows/apply', scope: 'flows:write', tag, creates: true,
  summary: 'Bring flows to what a folder of documents says: all of it, or nothing.',
  description: 'Where a document is not valid or in conflict, the answer is 422 or 409 with the `plan`, and nothing is changed.',
  body: z.strictObject({ files, prune, allowMissing, digest: z.string().max(100).optional().describe('Of the plan that was looked at: refused with 409 where it would be another one by now.') }), freeText: ['/files'],
  reply: plan,
  handle: ({ flowApply }, { caller, body: { files, digest, ...options } }) => flowApply.apply(caller, files, { ...options, digest }),
})
