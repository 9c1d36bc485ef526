/** RJSF numbers the items of a list by its title: `Allowed operations-1`. */
const numbered = /^(.*)-(\d+)$/s

/** `Allowed operation 1`. */
export function itemName(title: string): string {
  const [, list, number] = numbered.exec(title) ?? []
  return list === undefined ? title : `${singular(list)} ${number}`
}

const endings: [ending: RegExp, instead: string][] = [[/([^aeou])ies$/i, '$1y'], [/(ss|sh|ch|x|ias|[^aeo]us)es$/i, '$1'], [/([^su])s$/i, '$1']]
const same = /(?:series|species|news|basis|analysis|axis|status|canvas|bias|alias|https|dns|aws)$/i

/** Of English names as schemas have them; what has no plural ending stays. */
function singular(name: string): string {
  if (same.test(name)) return name
  const [ending, instead] = endings.find(([each]) => each.test(name)) ?? []
  return ending === undefined ? name : name.replace(ending, instead!)
}
