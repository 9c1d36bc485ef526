/** The table that people read, and the JSON that programs read. */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

export interface Figure {
  name: string
  value: number
  unit: string
  /** What it should be at most or at least. */
  aim?: { atLeast?: number, atMost?: number }
  /** For instance what it was compared with. */
  note?: string
}

export class Report {
  readonly figures: Figure[] = []

  add(figure: Figure): void {
    this.figures.push(figure)
    process.stdout.write(`${lineOf(figure)}\n`)
  }

  async write(generator: string): Promise<void> {
    const folder = fileURLToPath(new URL('results/', import.meta.url))
    await mkdir(folder, { recursive: true })
    const at = new Date().toISOString()
    const body = { at, cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, generator, figures: this.figures.map((figure) => ({ ...figure, met: isMet(figure) })) }
    await writeFile(`${folder}latest.json`, `${JSON.stringify(body, null, 2)}\n`)
    const aimed = this.figures.filter(({ aim }) => aim !== undefined)
    process.stdout.write(`\n${aimed.filter(isMet).length} of ${aimed.length} aims met; bench/results/latest.json has the figures.\n`)
  }
}

function isMet({ value, aim = {} }: Figure): boolean {
  return (aim.atLeast === undefined || value >= aim.atLeast) && (aim.atMost === undefined || value <= aim.atMost)
}

function lineOf(figure: Figure): string {
  const { name, value, unit, aim, note } = figure
  const shown = value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3)
  const wanted = aim?.atLeast !== undefined ? `≥ ${aim.atLeast}` : aim?.atMost !== undefined ? `≤ ${aim.atMost}` : ''
  const verdict = aim === undefined ? '' : isMet(figure) ? 'met' : 'MISSED'
  return `${name.padEnd(64)} ${`${shown} ${unit}`.padStart(16)}  ${wanted.padEnd(10)} ${verdict.padEnd(7)} ${note ?? ''}`.trimEnd()
}
