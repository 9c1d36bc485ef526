/** Pages for people who are no users of the hub. Plain HTML: nothing in it runs. */
import { createHash } from 'node:crypto'
import { html, Html } from './html.ts'
import { Answer } from './route.ts'

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:30rem;margin:4rem auto;padding:0 1.5rem}
h1{font-size:1.4rem;overflow-wrap:anywhere}li{overflow-wrap:anywhere}code{font-size:.85em;opacity:.75}button{font:inherit;font-weight:600;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1c5fb8;color:#fff;cursor:pointer}
button:focus-visible{outline:3px solid;outline-offset:2px}`
const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`

export function plainPage(status: number, title: string, body: Html, { formAction = "'none'", cookies = [] }: { formAction?: string, cookies?: string[] } = {}): Answer {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
  return new Answer({
    status, body: text,
    headers: {
      'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY',
      'content-security-policy': `default-src 'none'; style-src ${styleHash}; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
      // Its address is a secret; but a form that is sent must say where it comes from.
      'referrer-policy': 'same-origin', ...cookies.length > 0 && { 'set-cookie': cookies },
    },
  })
}

export function messagePage(status: number, title: string, message: string): Answer {
  return plainPage(status, title, html`<p>${message}</p>`)
}
