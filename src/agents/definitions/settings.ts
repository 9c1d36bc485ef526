/** What an agent is: a model, what it is told, what it may use, and how far it may go. */
import { z } from 'zod'

const globs = z.array(z.string().min(1).max(600)).max(500).default([])

export const agentSettings = z.strictObject({
  description: z.string().max(2000).default('').describe('What it is good for: people and other agents choose by it.'),
  model: z.strictObject({
    integration: z.string().min(1).max(200).describe('Name or id of an integration of the connector `ai-service`.'),
    model: z.string().min(1).max(300).optional().describe("Left out: the integration's."),
    maxTokens: z.number().int().min(1).max(10_000_000).optional().describe('The longest answer in one step.'),
    temperature: z.number().min(0).max(2).optional(),
  }),
  instructions: z.string().max(100_000).default('').describe('Stand above every conversation.'),
  tools: z.strictObject({
    operations: globs.describe('Operations that it may run: globs over `<integration>/<operation>`, the integration by its name or its id.'),
    flows: globs.describe('Flows that it may start: globs over `name`, or `namespace/name` outside the namespace `default`.'),
  }).default({ operations: [], flows: [] }),
  maxSteps: z.number().int().min(1).max(200).default(20).describe('Times that the model is asked. A run that is not done by then fails.'),
  budget: z.strictObject({
    tokens: z.number().int().min(1).optional().describe('In and out, over all steps. The model is asked no more once they are used.'),
    cost: z.number().positive().optional().describe('The same in money, by `prices`.'),
    prices: z.strictObject({ inputPerMillion: z.number().min(0), outputPerMillion: z.number().min(0) }).optional().describe('Of a million tokens.'),
  }).refine(({ cost, prices }) => cost === undefined || prices !== undefined, { message: 'are needed to count a cost', path: ['prices'] }).default({}),
  outputSchema: z.record(z.string(), z.unknown()).optional().describe('A JSON Schema: the answer is JSON of this shape. The model is asked again where it is not.'),
})

/** It names a flow too. */
export const agentName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'takes lower-case letters, digits and hyphens')

export type AgentSettings = z.output<typeof agentSettings>
