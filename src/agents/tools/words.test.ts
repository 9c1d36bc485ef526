import { expect, test } from 'vitest'
import { rank, wordsOf } from './words.ts'

const tools = [
  ['issues/create', 'Create an issue'], ['issues/list', 'List issues'], ['pulls/create', 'Create a pull request'], ['sendMessage', 'Send a message to a channel'],
  ['getPetById', 'Find pet by ID'], ['users_delete', 'Remove somebody'],
].map(([name, summary]) => ({ name: name!, text: { name: wordsOf(name!), summary: wordsOf(summary!), description: ' ' } }))
const find = (query: string): string[] => rank(tools, ({ text }) => text, query).map(({ name }) => name)

test.each([
  ['create an issue', 'issues/create'], ['list all issues', 'issues/list'], ['pet by id', 'getPetById'], ['pets', 'getPetById'], ['send a message', 'sendMessage'], ['new pull request', 'pulls/create'], ['delete users', 'users_delete'],
])('%j finds %s first', (query, first) => { expect(find(query)[0]).toBe(first) })

test.each(['quantum', 'zzz', '___', '\u0000'])('%j finds nothing, or everything where it says nothing', (query) => {
  expect([[], tools.map(({ name }) => name)]).toContainEqual(find(query))
})
