import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAiServer, type AiServer } from '../../../test/agents.ts'
import { addIntegration } from '../../../test/service.ts'
import { useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf } = scene
let ai: AiServer

beforeAll(async () => {
  ai = await startAiServer()
  await addIntegration(scene.hub.call, { name: 'Model', connector: 'ai-service', connection: { endpoint: `${ai.url}/v1` }, configuration: { model: 'gpt-test' }, credentials: { apiKey: 'sk-right' } })
})
afterAll(() => ai.close())

test('an agent is made, listed, shown and told what to do: its steps beside its answer, which stands alone on standard output', async () => {
  const { name } = await scene.connected()
  const made = await run(['agents', 'create', 'librarian', '--model', 'Model', '--operation', `${name}/get*`, '--instructions', '-', '--budget', '1000', '--max-steps', '5'], { stdin: 'Be exact.' })
  expect(made).toMatchObject({ code: 0, stdout: 'Made librarian. `interchange agents run librarian …` has it do something.\n' })
  expect(await answerOf(['agents', 'show', 'librarian'])).toMatchObject({ instructions: 'Be exact.', tools: { operations: [`${name}/get*`], flows: [] }, maxSteps: 5, budget: { tokens: 1000 } })
  expect((await run(['agents', '-q', 'librar'])).stdout).toMatch(/^NAME +MODEL +TOOLS[^]*\nlibrarian +Model +/)
  const { data: [tool] } = (await scene.hub.call('GET', '/api/v1/agent/tools?q=get%20book')).body
  ai.say({ calls: [{ name: tool.name, arguments: { id: 7 } }] }, { text: 'It is Solaris.\nNothing else.' })
  const told = await run(['agents', 'run', 'librarian', 'Which', 'book is 7?'])
  expect(told).toMatchObject({ code: 0, stdout: 'It is Solaris.\nNothing else.\n' })
  expect(told.stderr).toMatch(/✓ turn[^]*✓ tool/)
  expect(scene.shop.asked.map(({ url }) => url)).toContain('/books/7')
  expect(ai.bodies().at(-1).messages[1]).toEqual({ role: 'user', content: 'Which book is 7?' })
  expect((await answerOf<{ status: string }>(['agents', 'run', 'librarian', 'again'])).status).toBe('completed')
})

test('an answer is printed as it comes; what breaks off says so, and tools that are asked for stand below', async () => {
  const held = Promise.withResolvers<void>()
  ai.say({ text: 'Good morning.', pause: held.promise })
  let seen = ''
  const told = await run(['run', 'Model', 'chat', '--stream', 'messages:=[{"role":"user","content":"Hello"}]', '--timing'], { seen: (text) => {
    seen += text
    if (seen.includes('Good mo')) held.resolve()
  } })
  expect(told).toMatchObject({ code: 0, stdout: 'Good morning.\n', stderr: expect.stringMatching(/^\d+ ms, execution [\da-f-]{36}\n$/) })
  ai.say({ calls: [{ name: 'weather', arguments: { city: 'Rome' } }] })
  expect(JSON.parse((await run(['run', 'Model', 'chat', '--stream', 'messages:=[{"role":"user","content":"Rome?"}]'])).stdout)).toMatchObject({ toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }] })
  ai.say({ text: 'Good morning.', breaks: 'error' })
  expect(await run(['run', 'Model', 'chat', '--stream', 'messages:=[{"role":"user","content":"Hello"}]'])).toMatchObject({ code: 1, stdout: 'Good mo\n', stderr: expect.stringContaining('Overloaded') })
  const lines = (await run(['run', 'Model', 'chat', '--stream', '--json', 'messages:=[{"role":"user","content":"Hello"}]'])).stdout.trim().split('\n').map((line) => JSON.parse(line) as { event: string })
  expect(lines.map(({ event }) => event)).toEqual(['part', 'part', 'result'])
})

test('one is made of an API, runs by itself, and is deleted; what is missing is said', async () => {
  const { name } = await scene.connected()
  expect(await answerOf(['agents', 'create', 'clerk', '--from', name])).toMatchObject({ name: 'clerk', tools: { operations: [expect.stringMatching(/\/\*$/)] } })
  expect((await run(['agents'])).stdout).toMatch(new RegExp(`^clerk +Model +${name}/\\*`, 'm'))
  expect((await run(['agents', 'run', 'clerk', 'hello', '--detach'])).stdout).toMatch(/^[\da-f-]{36}\n$/)
  expect(await run(['agents', 'create', 'none'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--model') })
  expect(await run(['agents', 'run', 'nobody', 'hello'])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no agent called nobody.') })
  ai.answerNext(500, { error: { message: 'no' } })
  await answerOf(['agents', 'create', 'brief', '--model', 'Model'])
  expect(await run(['agents', 'delete', 'brief'])).toMatchObject({ code: 0, stdout: 'Deleted brief.\n' })
})
