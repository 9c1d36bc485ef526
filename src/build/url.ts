/** Where a hub is reached that listens there. */
export function urlOf({ port }: { port: number }, host: string): string {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}
