import { lazyRouteComponent } from '@tanstack/react-router'
import { insist } from '../lib/insist.ts'

/** A route's page, which comes with the first visit. While the hub is away one stays where one is; the router alone would load the whole page anew, into nothing. */
// oxlint-disable-next-line typescript/no-explicit-any -- as the router's own.
export function lazyPage<Module extends Record<string, any>, Name extends keyof Module>(load: () => Promise<Module>, name: Name): ReturnType<typeof lazyRouteComponent<Module, Name>> {
  return lazyRouteComponent(() => insist(load), name)
}
