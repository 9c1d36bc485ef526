import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory, redo, undo } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, defaultHighlightStyle, foldGutter, foldKeymap, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, type Text } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useLayoutEffect, useRef } from 'react'
import type { EditorMark, EditorPlace, EditorProps } from './editor.tsx'
import { placesIn } from './json-places.ts'

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--app-code-name)' }, { tag: tags.string, color: 'var(--app-code-text)' }, { tag: [tags.number, tags.bool, tags.null], color: 'var(--app-code-value)' },
  { tag: tags.comment, color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' }, { tag: tags.keyword, color: 'var(--app-code-name)' },
])

const look = EditorView.theme({
  '&': { fontSize: '12.5px', backgroundColor: 'transparent', color: 'var(--mantine-color-text)' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--mantine-color-dimmed)', border: 'none' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)', paddingBlock: '8px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--app-accent) 22%, transparent) !important' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-panels': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)' },
})

const languages: Record<EditorProps['language'], () => Extension> = { json: () => json(), yaml: () => yaml(), text: () => [] }

export function EditorLazy({ value, onChange, language, label, minHeight, maxHeight = 420, marks, faults, goTo, commands }: EditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(onChange)
  latest.current = onChange
  const isReadOnly = onChange === undefined
  const isMarked = marks !== undefined || faults !== undefined
  // Before the browser draws: in a picture without it, what stands below would jump up and down again.
  useLayoutEffect(() => {
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(), foldGutter(), bracketMatching(), highlightSelectionMatches(), search({ top: true }), drawSelection(), languages[language](), look,
          syntaxHighlighting(colours), syntaxHighlighting(defaultHighlightStyle, { fallback: true }), EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', ...isReadOnly && { 'aria-readonly': 'true' } }),
          EditorView.theme({ '.cm-scroller': { maxHeight: `${maxHeight}px`, ...minHeight !== undefined && { minHeight: `${minHeight}px` }, overflow: 'auto' } }),
          EditorState.readOnly.of(isReadOnly),
          // Tab leaves what can only be read; Escape, then Tab leaves what is edited.
          keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap, ...historyKeymap, ...isReadOnly ? [] : [indentWithTab]]),
          ...isReadOnly ? [] : [history()], ...isMarked ? [lintGutter()] : [],
          EditorView.updateListener.of((update) => { if (update.docChanged) latest.current?.(update.state.doc.toString()) }),
        ],
      }),
    })
    view.current = made
    if (commands !== undefined) commands.current = { undo: () => { undo(made) }, redo: () => { redo(made) } }
    return () => {
      made.destroy()
      if (commands !== undefined) commands.current = null
    }
    // Made once; what changes from outside is put in below.
  }, [language, label, isReadOnly, isMarked, minHeight, maxHeight]) // oxlint-disable-line react/exhaustive-deps
  useEffect(() => {
    const current = view.current
    if (current === null || current.state.doc.toString() === value) return
    // What stays the same stays: folds, the cursor, and marks in it. One step to be undone.
    current.dispatch({ changes: differenceOf(current.state.doc.toString(), value), annotations: isolateHistory.of('full') })
  }, [value])
  useEffect(() => {
    const current = view.current
    if (current !== null && marks !== undefined) current.dispatch(setDiagnostics(current.state, marks.map((mark) => toDiagnostic(current.state.doc, mark))))
  }, [marks])
  useEffect(() => {
    const current = view.current
    if (current === null || faults === undefined) return
    const placeOf = placesIn(current.state.doc.toString())
    current.dispatch(setDiagnostics(current.state, faults.map(({ pointer, detail }) => ({ ...placeOf(pointer), severity: 'error' as const, message: detail }))))
  }, [faults])
  useEffect(() => {
    const current = view.current
    if (current === null || goTo === undefined) return
    const anchor = offsetOf(current.state.doc, goTo)
    current.dispatch({ selection: { anchor }, ...goTo.isQuiet !== true && { effects: EditorView.scrollIntoView(anchor, { y: 'center' }) } })
    // Only the text moves: the page stays where it is.
    if (goTo.isQuiet === true) current.scrollDOM.scrollTop = Math.max(0, current.lineBlockAt(anchor).top - current.scrollDOM.clientHeight / 3)
    if (goTo.isQuiet !== true) current.focus()
  }, [goTo])
  return <div ref={place} />
}

/** What lies between the same beginning and the same end. */
function differenceOf(before: string, after: string): { from: number, to: number, insert: string } {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && before[from] === after[from]) from += 1
  let same = 0
  while (same < most - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same += 1
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) }
}

/** The text may have gone on since somebody said where: never outside of it. */
function offsetOf(doc: Text, { line, column }: EditorPlace): number {
  const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines))
  return Math.min(to, from + Math.max(0, column - 1))
}

/** To the end of its line. */
function toDiagnostic(doc: Text, { severity, message, ...place }: EditorMark): Diagnostic {
  const from = offsetOf(doc, place)
  return { from, to: Math.max(from, doc.lineAt(from).to), severity, message }
}
