/** What other features show of connected accounts. Their texts and forms come along: not for the first load. */
export { ClientForm } from './client-form.tsx'
export { ConnectAccount } from './connect-account.tsx'
export { Connections, connectionTone, statusOf } from './connections.tsx'
export { texts as accountTexts } from './texts.ts'
