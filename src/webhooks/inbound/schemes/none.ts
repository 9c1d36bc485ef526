import { defineScheme, passed } from './scheme.ts'

export const none = defineScheme({
  name: 'none',
  description: 'Whoever knows the URL may send.',
  settings: {},
  secret: undefined,
  keyOf: () => undefined,
  verify: () => passed,
})
