/** Waiting evaluations, taken in batches of one program and one key, the keys in turn: a busy tenant delays nobody by more than a batch. */

export interface Waiting {
  key: string
  /** What may share a batch within a key. */
  group: string
}

export class FairQueue<J extends Waiting> {
  private readonly keys = new Map<string, Map<string, J[]>>()
  private readonly counts = new Map<string, number>()
  size = 0

  waiting(key: string): number { return this.counts.get(key) ?? 0 }

  add(job: J): void { this.groupOf(job).push(job); this.count(job.key, 1) }

  /** For those that were taken before and must go on first. */
  putBack(jobs: J[]): void {
    for (const job of jobs.toReversed()) {
      this.groupOf(job).unshift(job)
      this.count(job.key, 1)
    }
  }

  /** Up to `limit` of one group whose key may go now; none when nothing of the kind waits. */
  take(limit: number, mayGo: (key: string) => boolean = () => true): J[] {
    for (const [key, groups] of this.keys) {
      if (mayGo(key)) return this.takeFrom(key, groups, limit)
    }
    return []
  }

  private takeFrom(key: string, groups: Map<string, J[]>, limit: number): J[] {
    const [group, jobs] = groups.entries().next().value!
    const taken = jobs.splice(0, limit)
    // Removed and set again, a map's entry is its last.
    groups.delete(group)
    if (jobs.length > 0) groups.set(group, jobs)
    this.keys.delete(key)
    if (groups.size > 0) this.keys.set(key, groups)
    this.count(key, -taken.length)
    return taken
  }

  takeAll(): J[] {
    const all: J[] = []
    while (this.size > 0) all.push(...this.take(Infinity))
    return all
  }

  private groupOf(job: J): J[] {
    let groups = this.keys.get(job.key)
    if (!groups) this.keys.set(job.key, groups = new Map())
    let jobs = groups.get(job.group)
    if (!jobs) groups.set(job.group, jobs = [])
    return jobs
  }

  private count(key: string, by: number): void {
    this.size += by
    const now = this.waiting(key) + by
    if (now === 0) this.counts.delete(key)
    else this.counts.set(key, now)
  }
}
