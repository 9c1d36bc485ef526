/** Where in a JSON text something stands. */
import { jsonLanguage } from '@codemirror/lang-json'
import { pointerParts } from '../../lib/pointer.ts'

type Node = ReturnType<typeof jsonLanguage.parser.parse>['topNode']

const values = new Set(['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null'])

function childrenOf({ firstChild }: Node): Node[] {
  const children: Node[] = []
  for (let child = firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

/** What a pointer leads to, or as far as it leads: the text may have gone on since. In characters from the beginning. */
export function placesIn(text: string): (pointer: string) => { from: number, to: number } {
  const { topNode } = jsonLanguage.parser.parse(text)
  const nameOf = (property: Node): string | undefined => {
    const { from, to } = property.firstChild ?? property
    try {
      return JSON.parse(text.slice(from, to)) as string
    } catch {
      return undefined
    }
  }
  return (pointer) => {
    let at = childrenOf(topNode)[0] ?? topNode
    let shown = at
    for (const part of pointerParts(pointer)) {
      const within = childrenOf(at).filter(({ name }) => (at.name === 'Object' ? name === 'Property' : values.has(name)))
      const next = at.name === 'Object' ? within.find((property) => nameOf(property) === part) : within[Number(part)]
      if (next === undefined) break
      shown = next
      at = (next.name === 'Property' ? next.lastChild : next) ?? next
    }
    // Of what goes over lines, the first one tells where it is.
    const { from } = shown
    const end = text.indexOf('\n', from)
    return { from, to: Math.min(shown.to, end === -1 ? text.length : end) }
  }
}
