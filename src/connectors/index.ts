/** The connectors that ship with the hub. A new one is added here, and the shared suite covers it by itself. */
import type { Connector } from './connector.ts'
import { aiService } from './ai-service/index.ts'
import { httpConnector } from './http/index.ts'
import { smtpEmail } from './smtp-email/index.ts'
import { stripe } from './stripe/index.ts'
import { zulipMessage } from './zulip-message/index.ts'

export const builtInConnectors: Connector[] = [aiService, httpConnector, smtpEmail, stripe, zulipMessage]
