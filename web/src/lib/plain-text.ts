/** What Markdown and HTML say, without their marks: for places of a line or two, where descriptions of strangers stand. */
export function plainText(text: string): string {
  return text
    .replaceAll(/<[^>]{0,200}>/g, ' ')
    .replaceAll(/!?\[([^\]]{0,200})\]\([^)]{0,500}\)/g, '$1')
    .replaceAll(/^[ \t]*(?:#{1,6}|[-*+>])[ \t]*/gm, '')
    .replaceAll(/`{1,3}|\*\*|__/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
