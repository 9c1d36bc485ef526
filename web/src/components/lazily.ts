import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import { insist } from '../lib/insist.ts'

/** A part of a page that comes when it is shown. */
// oxlint-disable-next-line typescript/no-explicit-any -- as React's own `lazy`: props are checked where it is used.
export function lazily<Component extends ComponentType<any>>(load: () => Promise<Component>): LazyExoticComponent<Component> {
  return lazy(async () => ({ default: await insist(load) }))
}

const AFTER_THE_PAGE_MS = 1500

/** For what nobody asked for yet: it must not hold up the page. */
export function afterThePage(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, AFTER_THE_PAGE_MS) })
}
