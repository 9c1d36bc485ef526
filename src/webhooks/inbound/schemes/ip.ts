import { defineScheme, passed } from './scheme.ts'

export const ip = defineScheme({
  name: 'ip',
  description: 'The address alone: it must be among `ipAllowList`. Behind a reverse proxy the hub needs INTERCHANGE_TRUST_PROXY to see it.',
  settings: {},
  secret: undefined,
  keyOf: () => undefined,
  // Every scheme's address is looked at before its own check.
  verify: () => passed,
})
