/** What a check of a value against a schema carries along: where it is, what it found, and how much it may still do. */
import type { FieldError } from '../../errors.ts'
import { formatPointer } from './pointer.ts'

/** `about` is set where the value may be meant for another schema, rather than be a bad one for this. */
export interface Finding extends FieldError { about: 'type' | 'choice' | 'missing' | undefined }

export type Check = (value: unknown, run: Run, notes: Notes | undefined) => boolean

/** The check costs more than it may. */
export class OverBudget extends Error {}

const maxFindings = 50

export class Run {
  /** From the value's root to where the check is. */
  readonly path: (string | number)[] = []
  findings: Finding[] = []
  private left: number
  private silence = 0

  constructor(steps: number) {
    this.left = steps
  }

  /** A schema can make checking cost any amount of time, by doubling references or by comparing everything with everything; so everything is paid for. */
  spend(steps: number): void {
    this.left -= steps
    if (this.left < 0) throw new OverBudget()
  }

  /** Nobody wants to hear of more: the first failure is enough. */
  get silent(): boolean {
    return this.silence > 0 || this.findings.length >= maxFindings
  }

  /** Always false, for a keyword to return. */
  fail(detail: string, options: { member?: string, about?: Finding['about'] } = {}): false {
    if (!this.silent) {
      const path = options.member === undefined ? this.path : [...this.path, options.member]
      this.findings.push({ pointer: formatPointer(path.map((token) => typeof token === 'string' ? clip(token) : token)), detail, about: options.about })
    }
    return false
  }

  /** Checks without a word. */
  passes(check: Check, value: unknown, notes?: Notes): boolean {
    this.silence++
    const passed = check(value, this, notes)
    this.silence--
    return passed
  }

  /** What the check finds, without adding it. */
  findingsOf(check: Check, value: unknown): Finding[] {
    const before = this.findings
    this.findings = []
    check(value, this, undefined)
    const found = this.findings
    this.findings = before
    return found
  }

  below(token: string | number, check: Check, value: unknown): boolean {
    this.path.push(token)
    const passed = check(value, this, undefined)
    this.path.pop()
    return passed
  }
}

/** Which members and items a schema has looked at, for `unevaluatedProperties` and `unevaluatedItems` around it. */
export class Notes {
  allMembers = false
  allItems = false
  /** This many from the first. */
  items = 0
  readonly members = new Set<string>()
  readonly contained = new Set<number>()
  /** One of several forms was meant, and none fits: what belongs to it is not known. */
  unsure = false

  add(other: Notes): void {
    this.allMembers ||= other.allMembers
    this.allItems ||= other.allItems
    this.items = Math.max(this.items, other.items)
    this.unsure ||= other.unsure
    for (const name of other.members) this.members.add(name)
    for (const index of other.contained) this.contained.add(index)
  }
}

export type Members = Record<string, unknown>

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const maxShownChars = 100

export function clip(text: string): string {
  return text.length > maxShownChars ? `${text.slice(0, maxShownChars).toWellFormed()}…` : text
}
