import { expect, test } from 'vitest'
import { dropAt } from './drop.ts'
import { layOut } from './layout.ts'
import { allTasks, readTasks, type Task } from './tasks.ts'

const root = readTasks({ do: [
  { first: { set: { a: 1 } } },
  { group: { do: [{ inner: { set: { b: 1 } } }] } },
  { hollow: { do: [] } },
  { guarded: { try: [{ risky: { set: { c: 1 } } }], catch: { do: [] } } },
  { beside: { fork: { branches: [{ left: { set: { d: 1 } } }, { right: { set: { e: 1 } } }] } } },
  { last: { set: { f: 1 } } },
] })
const layout = layOut(root)
const task = (name: string): Task => allTasks(root).find((each) => each.name === name)!
const boxOf = (name: string) => layout.tasks.find((each) => each.task === task(name))!

/** `across` and `down`: where in its box, as a share. */
function drop(name: string, across: number, down: number, dragged?: string): string | undefined {
  const { x, y, width, height } = boxOf(name)
  const place = dropAt(layout, root, { x: x + across * width, y: y + down * height }, dragged === undefined ? undefined : task(dragged))
  return place && `${place.list.pointer} ${place.index}`
}

test('on the upper half of a task is before it, on the lower half after it', () => {
  expect([drop('first', 0.5, 0.2), drop('first', 0.5, 0.8), drop('last', 0.1, 0.9), drop('inner', 0.5, 0.1), drop('inner', 0.5, 0.9)]).toEqual(['/do 0', '/do 1', '/do 6', '/do/1/group/do 0', '/do/1/group/do 1'])
})

test('lists that are empty take it, each of those that stand beside each other', () => {
  const { x, y, width, height } = layout.lists.find(({ list, owner }) => list.role === 'catch' && owner !== undefined)!
  const caught = dropAt(layout, root, { x: x + width / 2, y: y + height / 2 }, undefined)
  expect([drop('hollow', 0.5, 0.8), `${caught!.list.pointer} ${caught!.index}`, drop('risky', 0.5, 0.9)]).toEqual(['/do/2/hollow/do 0', '/do/3/guarded/catch/do 0', '/do/3/guarded/try 1'])
})

test('the head of what holds others is before it, or its beginning', () => {
  const { height } = boxOf('group')
  expect([drop('group', 0.5, 10 / height), drop('group', 0.5, 50 / height)]).toEqual(['/do 1', '/do/1/group/do 0'])
})

test('branches are put beside each other', () => {
  expect([drop('left', 0.1, 0.5), drop('left', 0.9, 0.5), drop('right', 0.9, 0.9)]).toEqual(['/do/4/beside/fork/branches 0', '/do/4/beside/fork/branches 1', '/do/4/beside/fork/branches 2'])
  expect(dropAt(layout, root, { x: boxOf('right').x + 1, y: boxOf('right').y + 5 }, undefined)!.line).toMatchObject({ width: 0 })
})

test('nothing is put into itself, or where it stands already', () => {
  expect([drop('inner', 0.5, 0.5, 'inner'), drop('inner', 0.5, 0.9, 'group'), drop('first', 0.5, 0.9, 'first'), drop('last', 0.5, 0.9, 'first')]).toEqual([undefined, undefined, undefined, '/do 6'])
})
