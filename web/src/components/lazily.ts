import { lazy, type ComponentType, type LazyExoticComponent } from 'react'

const TRIES = 20
const PAUSE_MS = 1000

/** A part of a page that comes when it is shown. While the hub is away it is waited for: to fail would take the page, and what was typed there, along. */
// oxlint-disable-next-line typescript/no-explicit-any -- as React's own `lazy`: props are checked where it is used.
export function lazily<Component extends ComponentType<any>>(load: () => Promise<Component>): LazyExoticComponent<Component> {
  return lazy(async () => ({ default: await insist(load) }))
}

async function insist<Result>(load: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await load()
    } catch (error) {
      if (tries === TRIES) throw error
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS) })
    }
  }
}

const AFTER_THE_PAGE_MS = 1500

/** For what nobody asked for yet: it must not hold up the page. */
export function afterThePage(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, AFTER_THE_PAGE_MS) })
}
