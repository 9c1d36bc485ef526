let taken: string | undefined

/** The token of a one-time link: taken out of the address at once, so that no history, screenshot or bookmark has it. */
export function takeToken(): string | undefined {
  const url = new URL(location.href)
  const token = url.searchParams.get('token')
  if (token !== null) {
    taken = token
    url.searchParams.delete('token')
    history.replaceState(history.state, '', url)
  }
  return taken
}
