/** A small picture of how a figure went; what it says stands beside it in numbers. */
export function Sparkline({ values, width = 96, height = 30, tone = 'accent' }: { values: (number | null)[], width?: number, height?: number, tone?: string }) {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return <svg width={width} height={height} aria-hidden><line x1="0" x2={width} y1={height - 2} y2={height - 2} stroke="var(--app-line)" strokeWidth="1.5" /></svg>
  const low = Math.min(...known)
  const span = Math.max(...known) - low || 1
  const x = (index: number): number => Math.round(index * (width - 2) / (values.length - 1) * 10) / 10 + 1
  const y = (value: number): number => Math.round((height - 3 - (value - low) / span * (height - 6)) * 10) / 10
  const points = values.flatMap((value, index) => (value === null ? [] : [[x(index), y(value)] as const]))
  const line = points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px} ${py}`).join('')
  const colour = `var(--app-${tone})`
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden focusable="false">
      <path d={`${line}L${points.at(-1)![0]} ${height}L${points[0]![0]} ${height}Z`} fill={colour} opacity="0.1" />
      <path d={line} fill="none" stroke={colour} strokeWidth="1.6" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  )
}
