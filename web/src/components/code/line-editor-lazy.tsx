import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap, placeholder as hint, tooltips } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { LineEditorProps } from './line-editor.tsx'

const look = EditorView.theme({
  '&': { fontSize: '12.5px', backgroundColor: 'transparent', color: 'var(--mantine-color-text)' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)', padding: '6px 0', minHeight: '20px' },
  '.cm-line': { padding: '0 10px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--app-accent) 22%, transparent) !important' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-tooltip': { backgroundColor: 'var(--mantine-color-body)', border: '1px solid var(--mantine-color-default-border)', borderRadius: '7px', color: 'var(--mantine-color-text)', zIndex: '500' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--app-hover)', color: 'var(--mantine-color-text)' },
  '.cm-completionDetail': { color: 'var(--mantine-color-dimmed)', fontStyle: 'normal' },
})

export function LineEditorLazy({ label, value, onChange, onFocus, onBlur, placeholder = '', isBlock = false, suggest }: LineEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef({ onChange, suggest })
  latest.current = { onChange, suggest }
  useEffect(() => {
    const complete = ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
      const found = latest.current.suggest?.(state.doc.sliceString(0, pos))
      if (found === undefined || (found.length === 0 && !explicit && !/[.$|(]$/.test(state.doc.sliceString(Math.max(0, pos - 1), pos)))) return null
      return { from: pos - found.length, options: found.options.map(({ label: text, detail, kind }) => ({ label: text, type: kind, ...detail !== undefined && { detail } })), validFor: /^[\w$@]*$/ }
    }
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          look, history(), drawSelection(), bracketMatching(), closeBrackets(), EditorView.lineWrapping, hint(placeholder), tooltips({ parent: document.body }),
          autocompletion({ override: [complete], icons: false, activateOnTyping: true }),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': String(isBlock) }),
          keymap.of([
            { key: 'Tab', run: (current) => completionStatus(current.state) === 'active' && acceptCompletion(current) },
            ...completionKeymap, ...isBlock ? [] : [{ key: 'Enter', run: () => true }], ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap,
          ]),
          ...isBlock ? [] : [EditorState.transactionFilter.of((transaction) => (transaction.newDoc.lines > 1 ? [] : transaction))],
          EditorView.updateListener.of((update) => { if (update.docChanged) latest.current.onChange(update.state.doc.toString()) }),
        ],
      }),
    })
    view.current = made
    return () => { made.destroy() }
    // Made once; what changes from outside is put in below.
  }, [label, placeholder, isBlock]) // oxlint-disable-line react/exhaustive-deps
  useEffect(() => {
    const current = view.current
    if (current === null || current.state.doc.toString() === value) return
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } })
  }, [value])
  // Told at once: the editor itself tells a moment later, after what the click elsewhere did.
  return <div ref={place} className="app-line-editor" onFocus={onFocus} onBlur={onBlur} />
}
