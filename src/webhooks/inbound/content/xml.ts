/**
 * XML as an object: elements by their names, several of a name as a list, attributes with `@` in front, text beside them as `#text`. Values stay
 * text. A document type is refused: entities of its own are attacks, and nothing else needs it.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { HubError } from '../../../errors.ts'

const MAX_DEPTH = 128
/** It is read in one go, during which nothing else is done. */
const MAX_LENGTH = 1024 * 1024
const parser = new XMLParser({
  ignoreAttributes: false, attributeNamePrefix: '@', textNodeName: '#text', parseTagValue: false, parseAttributeValue: false,
  ignoreDeclaration: true, ignorePiTags: true, htmlEntities: true, maxNestedTags: MAX_DEPTH,
})

/** Throws HubError `invalid_request`, with line and column where it is not well-formed, or `body_too_large`. */
export function readXml(text: string): unknown {
  if (text.length > MAX_LENGTH) throw new HubError('body_too_large', `XML is taken up to ${MAX_LENGTH} characters.`)
  checkSections(text)
  const found = XMLValidator.validate(text)
  if (found !== true) throw refused(`${found.err.msg.slice(0, 200)} (line ${found.err.line}, column ${found.err.col})`)
  try {
    return parser.parse(text) as unknown
  } catch (error) {
    throw refused('it is nested too deep, or has names or entities that are not taken', error)
  }
}

const sections: [start: string, end: string][] = [['<!--', '-->'], ['<![CDATA[', ']]>'], ['<?', '?>']]

/** Sections without an end would be searched for one again and again; and a document type counts where it is no section's text. */
function checkSections(text: string): void {
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const section = sections.find(([start]) => text.startsWith(start, at))
    if (section === undefined && text.startsWith('<!', at)) throw refused('it has a document type, which is not taken')
    if (section === undefined) continue
    at = text.indexOf(section[1], at + section[0].length)
    if (at === -1) throw refused(`${section[0]} has no end`)
  }
}

function refused(why: string, cause?: unknown): HubError {
  return new HubError('invalid_request', `The XML cannot be read: ${why}.`, { errors: [{ pointer: '', detail: why }], cause })
}
