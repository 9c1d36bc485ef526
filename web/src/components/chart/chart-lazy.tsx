import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatClock, formatDay } from '../../lib/format.ts'
import type { ChartProps } from './chart.tsx'

export function ChartLazy({ label, times, series, format, height = 180 }: ChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const place = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    if (width === 0) return undefined
    const chart = new uPlot(optionsOf({ series, format, width, height, isLong: (times.at(-1) ?? 0) - (times[0] ?? 0) > 2 * 86_400_000 }), [times.map((time) => time / 1000), ...series.map(({ values }) => values)], place.current!)
    return () => { chart.destroy() }
  }, [width, height, times, series, format, scheme])
  return <div ref={ref} style={{ height }}><div ref={place} role="img" aria-label={label} className="app-chart" /></div>
}

/** A value with none on either side would be a line without length: it is shown as a point. */
function alone({ data }: uPlot, series: number): number[] {
  const values = data[series] ?? []
  return [...values.keys()].filter((at) => values[at] !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null)
}

interface Options extends Pick<ChartProps, 'series' | 'format'> { width: number, height: number, isLong: boolean }

function optionsOf({ series, format, width, height, isLong }: Options): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis = { stroke: colour('--mantine-color-dimmed'), grid: { stroke: colour('--app-line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' }
  return {
    width, height, padding: [8, 8, 0, 0], legend: { show: false }, cursor: { points: { size: 6 }, y: false },
    axes: [
      { ...axis, size: 28, space: 70, values: (_chart, ticks) => ticks.map((tick) => (isLong ? formatDay(tick * 1000) : formatClock(tick * 1000))) },
      { ...axis, size: 58, space: 34, values: (_chart, ticks) => ticks.map(format) },
    ],
    scales: { y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    series: [{}, ...series.map(({ name, tone, fill = false }) => {
      const stroke = colour(`--app-${tone}`)
      return { label: name, stroke, width: 1.6, spanGaps: false, points: { show: true, size: 5, fill: stroke, filter: alone }, ...fill && { fill: `${stroke}22` } }
    })],
  }
}
