/** HTML by template: what is put in is escaped, unless it is HTML itself. */

export class Html {
  readonly text: string
  constructor(text: string) { this.text = text }
}

export function html(parts: TemplateStringsArray, ...values: (string | number | Html)[]): Html {
  return new Html(parts.reduce((text, part, at) => {
    const value = values[at - 1]
    return text + (value instanceof Html ? value.text : escape(String(value ?? ''))) + part
  }))
}

export function join(pieces: Html[]): Html {
  return new Html(pieces.map(({ text }) => text).join(''))
}

/** Paragraphs and code in backticks: all that our descriptions use. */
export function markdown(text: string): Html {
  const paragraphs = text.split(/\n\n+/).map((paragraph) => escape(paragraph).replaceAll(/`([^`]+)`/g, '<code>$1</code>'))
  return new Html(paragraphs.length === 1 ? paragraphs[0]! : paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n'))
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}
