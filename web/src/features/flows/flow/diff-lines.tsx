/** A difference as `diff -u` writes it, in colours. */
export function DiffLines({ label, text }: { label: string, text: string }) {
  return <pre className="app-pre app-code" aria-label={label} role="region" tabIndex={0}>{text.split('\n').map((line, at) => <span key={at} className={toneOf(line)}>{line}{'\n'}</span>)}</pre>
}

function toneOf(line: string): string | undefined {
  if (line.startsWith('+') && !line.startsWith('+++')) return 'app-diff-added'
  return line.startsWith('-') && !line.startsWith('---') ? 'app-diff-removed' : undefined
}
