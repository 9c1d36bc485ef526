/** The page that somebody sees who connects an account and is no user of the hub. */
import type { ConnectPage } from '../../../credentials/oauth/connect-sessions.ts'
import { html, join } from '../../html.ts'
import { messagePage, plainPage } from '../../plain-page.ts'
import type { Answer } from '../../route.ts'

/** `origin` of the vendor: browsers hold what a form leads to against `form-action`, too. */
export function connectPage({ tenantName, vendorName, scopes, origin, done }: ConnectPage): Answer {
  if (done) return messagePage(200, 'Connected', 'This account is connected already. You may close this window.')
  const items = scopes.map(({ scope, description }) => (description === '' ? html`<li><code>${scope}</code></li>` : html`<li>${description} <code>${scope}</code></li>`))
  const wishes = items.length === 0 ? html`` : html`<p>It asks for:</p><ul>${join(items)}</ul>`
  return plainPage(200, `Connect ${vendorName} with ${tenantName}`, html`<p>${tenantName} would like to use your account at ${vendorName}. You will be asked there, and can take it back there at any time.</p>
${wishes}
<form method="post"><button type="submit">Continue to ${vendorName}</button></form>`, { formAction: `'self' ${origin}`.trim() })
}
