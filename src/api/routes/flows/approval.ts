/** The page on which somebody answers a run that asks for approval. Looking at it decides nothing: mail programs look at every link. */
import { z } from 'zod'
import { isHubError } from '../../../errors.ts'
import { html } from '../../html.ts'
import { messagePage, plainPage } from '../../plain-page.ts'
import { defineRoute, type Answer, type Route } from '../../route.ts'
import { tag } from './shapes.ts'

const token = z.object({ token: z.string().max(100) })
const pageText = z.string().meta({ contentMediaType: 'text/html' })
const COMMENT_MAX = 2000

const showApproval = defineRoute({
  method: 'GET', path: '/approvals/:token', scope: 'public', tag, summary: 'Show what a run of a flow asks approval for.', params: token, reply: pageText,
  handle: ({ approvals }, { params }) => told(async () => {
    const { title, detail, answer, tenantName } = await approvals.read(params.token)
    if (answer !== null) return messagePage(200, title, `This was answered: the approval was ${answer}.`)
    return plainPage(200, title, html`<p>${tenantName} asks.</p>
<p>${detail}</p>
<form method="post">
<p><label>Comment<br><textarea name="comment" rows="3" cols="40" maxlength="${COMMENT_MAX}"></textarea></label></p>
<button type="submit" name="decision" value="given">Approve</button> <button type="submit" name="decision" value="denied">Deny</button>
</form>`, { formAction: "'self'" })
  }),
})

const answerApproval = defineRoute({
  method: 'POST', path: '/approvals/:token', scope: 'public', tag, summary: 'Answer a run that asks for approval, once.', params: token, bodyKind: 'bytes', maxBodyBytes: 16_384, reply: pageText,
  handle: ({ approvals }, { params, body }) => told(async () => {
    const form = new URLSearchParams(Buffer.from(body as Uint8Array).toString('utf8'))
    const decision = form.get('decision')
    if (decision !== 'given' && decision !== 'denied') return messagePage(400, 'Not answered', 'Say whether you approve: go back, and press one of the buttons.')
    await approvals.answer(params.token, decision, (form.get('comment') ?? '').toWellFormed().replaceAll('\0', '').slice(0, COMMENT_MAX))
    return messagePage(200, 'Thank you', `The approval is ${decision}. You may close this window.`)
  }),
})

/** A person looks at it. */
async function told(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!isHubError(error) || error.status >= 500) throw error
    return messagePage(error.status, 'Not to be answered', error.message)
  }
}

export const approvalRoutes: Route[] = [showApproval, answerApproval]
