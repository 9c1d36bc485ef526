const PAUSE_MS = 1000
/** A file that an answering hub does not give is gone: the hub was updated. */
const MOST_REFUSALS = 3

/** Parts of the page that come later. While the hub is away they are waited for: to fail would take the page, and what was typed there, along. */
export async function insist<Result>(load: () => Promise<Result>): Promise<Result> {
  for (let refusals = 0; ;) {
    try {
      return await load()
    } catch (error) {
      if (await doesAnswer()) refusals += 1
      if (refusals === MOST_REFUSALS) throw error
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS) })
    }
  }
}

async function doesAnswer(): Promise<boolean> {
  try {
    await fetch('/healthz', { cache: 'no-store' })
    return true
  } catch {
    return false
  }
}
