/** How much of something is used, as a bar; the numbers stand beside it. */
export function Meter({ used, limit }: { used: number, limit: number }) {
  const share = limit <= 0 ? 1 : Math.min(1, used / limit)
  return <div className="app-meter" aria-hidden><span style={{ width: `${share * 100}%`, background: `var(--app-${share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : 'accent'})` }} /></div>
}
