import { suggest } from '../sample/suggest.ts'
import type { PanelLife } from './context.ts'

/** With what may be written next, from the data that things are tried on. */
export function withSuggestions(life: Omit<PanelLife, 'suggestAt'>): PanelLife {
  return {
    ...life,
    suggestAt: (moment, isBare) => (before) => {
      const sample = life.sampleAt(moment)
      return suggest(before, { input: sample?.input, variables: { ...sample?.variables, ...Object.fromEntries((sample?.loops ?? []).flatMap(({ name, at }) => [[name, undefined], [at, 0]])) } }, isBare)
    },
  }
}
