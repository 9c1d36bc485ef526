import { expect, test } from 'vitest'
import { auditActions } from '../src/tenants/audit-actions.ts'
import { texts } from '../web/src/features/settings/texts.ts'

test('every action of the audit log has words of its own in the dashboard', () => {
  expect(Object.keys(texts.actions).sort()).toEqual([...auditActions].sort())
  const words = Object.values(texts.actions)
  expect(new Set(words).size).toBe(words.length)
  for (const each of words) expect(each).toMatch(/^[A-Z][A-Za-z' ,]+$/)
})
