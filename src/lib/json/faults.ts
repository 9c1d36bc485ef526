/** Reads JSON text slowly, to say what is wrong with it and where. Without recursion: the text may be an attack. */
import { appendPointer } from './pointer.ts'

export interface Fault {
  kind: 'syntax' | 'depth' | 'key'
  pointer: string
  /** Offset in the text. */
  at: number
  detail: string
}

interface Limits {
  maxDepth: number
  maxKeyLength: number
  duplicateKeys: 'refuse' | 'last'
}

const maxFaults = 20
const maxPointerLength = 1_000

interface Level {
  /** Undefined for an array. */
  keys: Set<string> | undefined
  pointer: string
  /** The key or index that the reader is at; undefined where a key is still to come. */
  token: string | number | undefined
}

/** A syntax fault or too much depth is the last and comes alone; of the others there are up to 20. */
export function findFaults(text: string, limits: Limits): Fault[] {
  return new FaultFinder(text, limits).find()
}

export function placeOf(text: string, at: number): { line: number, column: number } {
  const before = text.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  let line = 1
  for (let i = before.indexOf('\n'); i >= 0; i = before.indexOf('\n', i + 1)) line++
  return { line, column: at - lineStart + 1 }
}

const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const stringBody = /[^"\\\p{Cc}]+|[\x7f-\x9f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/yu
const blank = /[ \t\n\r]*/y

type State = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'after value'

class Stop extends Error {}

class FaultFinder {
  private readonly text: string
  private readonly limits: Limits
  private readonly faults: Fault[] = []
  private readonly levels: Level[] = []
  private at = 0

  constructor(text: string, limits: Limits) {
    this.text = text
    this.limits = limits
  }

  find(): Fault[] {
    try {
      let state: State = 'value'
      while (state !== 'after value' || this.levels.length > 0) {
        this.skipBlank()
        state = this.step(state)
      }
      this.skipBlank()
      if (this.at < this.text.length) this.unexpected('nothing more')
    } catch (error) {
      if (!(error instanceof Stop)) throw error
    }
    return this.faults
  }

  private step(state: State): State {
    switch (state) {
      case 'value': return this.readValue()
      case 'value or ]': return this.text[this.at] === ']' ? this.leave() : this.readValue()
      case 'key or }': return this.text[this.at] === '}' ? this.leave() : this.readKey()
      case 'key': return this.readKey()
      case 'colon':
        if (this.text[this.at] !== ':') this.unexpected('a colon')
        this.at++
        return 'value'
      case 'after value': return this.readSeparator()
    }
  }

  private readValue(): State {
    const character = this.text[this.at]
    if (character === '{' || character === '[') return this.enter(character)
    if (character === '"') {
      this.readString()
      return 'after value'
    }
    literal.lastIndex = this.at
    if (!literal.test(this.text)) this.unexpected('a value')
    this.at = literal.lastIndex
    return 'after value'
  }

  private enter(character: '{' | '['): State {
    const pointer = this.pointer()
    if (this.levels.length >= this.limits.maxDepth) this.stop('depth', pointer, `is nested deeper than ${this.limits.maxDepth} levels`)
    this.at++
    this.levels.push({ keys: character === '{' ? new Set() : undefined, pointer, token: character === '{' ? undefined : 0 })
    return character === '{' ? 'key or }' : 'value or ]'
  }

  private leave(): State {
    this.at++
    this.levels.pop()
    return 'after value'
  }

  private readSeparator(): State {
    const level = this.levels.at(-1)!
    const character = this.text[this.at]
    if (character === (level.keys ? '}' : ']')) return this.leave()
    if (character !== ',') this.unexpected(level.keys ? 'a comma or }' : 'a comma or ]')
    this.at++
    if (level.keys) {
      level.token = undefined
      return 'key'
    }
    level.token = (level.token as number) + 1
    return 'value'
  }

  private readKey(): State {
    if (this.text[this.at] !== '"') this.unexpected('a key in double quotes')
    const start = this.at
    this.readString()
    const key = JSON.parse(this.text.slice(start, this.at)) as string
    const level = this.levels.at(-1)!
    level.token = key
    this.judgeKey(key, level, start)
    level.keys!.add(key)
    return 'colon'
  }

  private judgeKey(key: string, level: Level, at: number): void {
    const above = this.levels.at(-2)
    if (key.length > this.limits.maxKeyLength) this.add(level.pointer, at, `has a key longer than ${this.limits.maxKeyLength} characters`)
    else if (key === '__proto__') this.add(this.pointer(), at, 'is a key that is not taken')
    else if (key === 'prototype' && above?.token === 'constructor') this.add(this.pointer(), at, 'is a key that is not taken')
    else if (level.keys!.has(key) && this.limits.duplicateKeys === 'refuse') this.add(this.pointer(), at, 'is there twice')
  }

  private readString(): void {
    const start = this.at
    this.at++
    for (;;) {
      const character = this.text[this.at]
      if (character === '"') break
      if (character === undefined) this.stop('syntax', this.pointer(), 'has a string that never ends', start)
      stringBody.lastIndex = this.at
      if (!stringBody.test(this.text)) {
        this.stop('syntax', this.pointer(), character === '\\' ? 'has a bad escape in a string' : 'has an unescaped control character in a string')
      }
      this.at = stringBody.lastIndex
    }
    this.at++
  }

  private skipBlank(): void {
    blank.lastIndex = this.at
    blank.test(this.text)
    this.at = blank.lastIndex
  }

  private unexpected(expected: string): never {
    const character = this.text.codePointAt(this.at)
    this.stop('syntax', this.pointer(), character === undefined ? `ends where ${expected} is expected` : `has ${show(character)} where ${expected} is expected`)
  }

  private stop(kind: Fault['kind'], pointer: string, detail: string, at = this.at): never {
    // Other faults before it are of no interest: this one hides what follows.
    this.faults.length = 0
    this.faults.push({ kind, pointer, at, detail })
    throw new Stop()
  }

  private add(pointer: string, at: number, detail: string): void {
    this.faults.push({ kind: 'key', pointer, at, detail })
    if (this.faults.length >= maxFaults) throw new Stop()
  }

  private pointer(): string {
    const level = this.levels.at(-1)
    if (!level) return ''
    const pointer = level.token === undefined ? level.pointer : appendPointer(level.pointer, level.token)
    return pointer.length > maxPointerLength ? `${pointer.slice(0, maxPointerLength).toWellFormed()}…` : pointer
  }
}

function show(character: number): string {
  return character > 0x20 && character < 0x7f ? `"${String.fromCodePoint(character)}"` : `U+${character.toString(16).toUpperCase().padStart(4, '0')}`
}
