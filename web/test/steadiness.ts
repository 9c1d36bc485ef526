/** Whether a page keeps still while its answers come, one after the other: by the browser's own measure of layout shifts. */
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'

/**
 * Of a page from its first picture until all is there: the sum over all shifts of the part of the screen that moved times how far, as a part of the
 * screen too. 0.1 passes for good on the web; here a table that slides by one of its rows counts 0.03 to 0.05. What is let pass is a
 * word that grows in the page's head, or a row of a few pixels more than was kept free for it.
 */
const MOST_SHIFT = 0.02

/** Answers that come at once hide what moves when they do not. Each path has its own delay, so that they come apart, and in the same order each time. */
const DELAYS_MS = [60, 120, 180]

interface Watched { waiting: number, shifts: { value: number, moved: string[] }[] }

/** Has all pages of a context watched, and their answers held back. To be called before the first of them is opened. */
export async function watchSteadiness(context: BrowserContext): Promise<void> {
  await context.addInitScript((delays) => {
    const watched: Watched = { waiting: 0, shifts: [] }
    Object.assign(globalThis, { watched })
    const send = globalThis.fetch
    globalThis.fetch = async (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input, location.href)
      if (!pathname.startsWith('/api/')) return send(input, init)
      watched.waiting += 1
      const answer = send(input, init)
      const seed = [...pathname].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0)
      await Promise.allSettled([answer, new Promise((resolve) => { setTimeout(resolve, delays[seed % delays.length]) })])
      // What comes of it is drawn, and asks for more, before it counts as there.
      setTimeout(() => { watched.waiting -= 1 }, 50)
      return answer
    }
    const nameOf = (node: Node | null): string => (node instanceof Element ? `${node.tagName.toLowerCase()}.${node.className} ${node.textContent?.slice(0, 40) ?? ''}` : String(node?.textContent).slice(0, 40))
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number, hadRecentInput: boolean, sources: { node: Node | null, previousRect: DOMRect, currentRect: DOMRect }[] })[]) {
        if (!entry.hadRecentInput) watched.shifts.push({ value: entry.value, moved: entry.sources.map(({ node, previousRect, currentRect }) => `${nameOf(node)}: ${previousRect.x},${previousRect.y} ${previousRect.width}x${previousRect.height} → ${currentRect.x},${currentRect.y} ${currentRect.width}x${currentRect.height}`) })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  }, DELAYS_MS)
}

/** Fails where the page as it was opened moved under its reader's eyes, and says what moved. */
export async function expectSteady(page: Page, where: string): Promise<void> {
  await page.waitForFunction(() => (globalThis as unknown as { watched: Watched }).watched.waiting === 0)
  // Shifts are told of after the picture in which they happened.
  const shifts = await page.evaluate(async () => {
    await new Promise((resolve) => { requestAnimationFrame(() => { requestAnimationFrame(resolve) }) })
    return (globalThis as unknown as { watched: Watched }).watched.shifts
  })
  const total = shifts.reduce((sum, { value }) => sum + value, 0)
  expect(total, `${where} moved: ${JSON.stringify(shifts, null, 1)}`).toBeLessThanOrEqual(MOST_SHIFT)
}
