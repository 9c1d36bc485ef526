/** The API's reference as one HTML page, made from its OpenAPI document. Nothing in it needs a script. */
import { setImmediate } from 'node:timers/promises'
import { errorCodes } from '../../errors.ts'
import type { ApiDocument, ApiOperation, ApiParameter, ApiResponse } from '../openapi.ts'
import { curlOf } from './curl.ts'
import { html, join, markdown, type Html } from '../html.ts'
import { schemaName, schemaRows, typeText } from './schema.ts'

interface Entry { method: string, path: string, operation: ApiOperation }

/** Made an operation at a time, like the document. */
export async function referencePage(document: ApiDocument): Promise<string> {
  const entries = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]): Entry => ({ method: method.toUpperCase(), path, operation })))
  const byTag = Map.groupBy(entries, ({ operation }) => operation.tags[0] ?? 'Other')
  const articles = new Map<Entry, Html>()
  for (const entry of entries) {
    await setImmediate()
    articles.set(entry, operationArticle(document, entry))
  }
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API reference</title>
<link rel="stylesheet" href="/docs/reference.css">
<script src="/docs/reference.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${document.info.title} API</h1>
<p class="tools"><a href="/openapi.json">OpenAPI document</a> <button type="button" id="theme" hidden>Light or dark</button></p>
</header>
<div class="page">
<nav aria-label="Operations">
<label for="filter" class="filter" hidden>Filter <input id="filter" type="search" autocomplete="off"></label>
${join([...byTag].map(([tag, list]) => navigation(tag, list)))}
<section><h2><a href="#errors">Errors</a></h2></section>
<section><h2><a href="#schemas">Schemas</a></h2></section>
</nav>
<main id="content">
<section class="introduction">${markdown(document.info.description)}</section>
${join([...byTag].map(([tag, list]) => html`<section aria-labelledby="${slug(tag)}">
<h2 id="${slug(tag)}">${tag}</h2>
${join(list.map((entry) => articles.get(entry)!))}
</section>`))}
<section aria-labelledby="errors">
<h2 id="errors">Errors</h2>
<p>Every failure is a <a href="#schema-Problem">problem</a> with one of these codes. Programs may rely on them.</p>
${table('Errors', ['Code', 'Status', 'What it means', 'Worth a repeat'], Object.entries(errorCodes).map(([code, { status, title, retry }]) => [html`<code>${code}</code>`, html`${status}`, html`${title}`, html`${retry ? 'yes' : 'no'}`]))}
</section>
<section aria-labelledby="schemas">
<h2 id="schemas">Schemas</h2>
${join(Object.entries(document.components.schemas).map(([name, schema]) => html`<article id="schema-${name}"><h3>${name}</h3>${schemaRows(schema)}</article>`))}
</section>
</main>
</div>
</body>
</html>`.text
}

function navigation(tag: string, list: Entry[]): Html {
  const items = list.map(({ method, path, operation }) => html`<li data-text="${`${method} ${path} ${operation.summary}`.toLowerCase()}"><a href="#${operation.operationId}"><span class="method ${method.toLowerCase()}">${method}</span> <span>${shortPath(path)}</span></a></li>`)
  return html`<section><h2><a href="#${slug(tag)}">${tag}</a></h2><ul>${join(items)}</ul></section>\n`
}

function shortPath(path: string): string {
  return path.replace(/^\/api\/v1/, '')
}

function slug(tag: string): string {
  return `tag-${tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`
}

function operationArticle(document: ApiDocument, { method, path, operation }: Entry): Html {
  const { operationId, summary, description, parameters = [], requestBody, responses, security } = operation
  const scope = security.at(-1)?.apiKey?.[0]
  const optional = security.length > 1
  return html`<article id="${operationId}" data-text="${`${method} ${path} ${summary}`.toLowerCase()}">
<h3><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code></h3>
<p>${markdown(summary)}</p>
${description === undefined ? '' : html`<div class="more">${markdown(description)}</div>`}
<p class="scope">${scope === undefined ? 'Asks for no key.' : html`${optional ? 'Asks for no key; tells more to one with ' : 'Needs a key with '}<code>${scope}</code>.`}</p>
${parameters.length === 0 ? '' : html`<h4>Parameters</h4>${parameterTable(parameters)}`}
${requestBody === undefined ? '' : html`<h4>Body</h4>${join(Object.entries(requestBody.content).map(([type, { schema }]) => html`<p><code>${type}</code></p>${schemaRows(schema)}`))}`}
<h4>Answers</h4>
${join(Object.entries(responses).filter(([status]) => status.startsWith('2')).map(([status, response]) => answer(document, status, response)))}
<details><summary>Problems: ${Object.keys(responses).filter((status) => !/^2|^default$/.test(status)).join(', ')} and others</summary>
${join(Object.entries(responses).filter(([status]) => !status.startsWith('2')).map(([status, response]) => answer(document, status, response)))}</details>
<h4>Example</h4>
<div class="example"><pre><code>${curlOf(document, { method, path, operation })}</code></pre></div>
</article>
`
}

function parameterTable(parameters: ApiParameter[]): Html {
  return table('Parameters', ['Name', 'In', 'Type', 'What it is'], parameters.map(({ name, in: place, required, description, schema }) => [
    html`<code>${name}</code>${required ? html` <span class="required">required</span>` : ''}`, html`${place}`,
    html`${typeText(schema)}${schema['default'] === undefined ? '' : html`, <code>${JSON.stringify(schema['default'])}</code> unless given`}`, markdown(description ?? ''),
  ]))
}

/** Scrolls by itself where the window is narrow, so it can be reached by keyboard. */
function table(label: string, columns: string[], rows: Html[][]): Html {
  const row = ([first, ...cells]: Html[]): Html => html`<tr><th scope="row">${first ?? ''}</th>${join(cells.map((cell) => html`<td>${cell}</td>`))}</tr>`
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table><thead><tr>${join(columns.map((column) => html`<th scope="col">${column}</th>`))}</tr></thead><tbody>${join(rows.map(row))}</tbody></table></div>`
}

function answer(document: ApiDocument, status: string, response: ApiResponse | { $ref: string }): Html {
  const known = '$ref' in response ? document.components.responses[response.$ref.slice(response.$ref.lastIndexOf('/') + 1)] : response
  const [type, content] = Object.entries(known?.content ?? {})[0] ?? []
  const name = content && schemaName(content.schema)
  const inline = content !== undefined && name === undefined && status.startsWith('2')
  return html`<div class="answer"><p><strong>${status}</strong> ${markdown(known?.description ?? '')}${type === undefined ? '' : html` <code>${type}</code>`}${name === undefined ? '' : html`: <a href="#schema-${name}">${name}</a>`}</p>${inline ? schemaRows(content.schema) : ''}</div>\n`
}
