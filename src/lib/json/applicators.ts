/** JSON Schema's keywords that apply other schemas: to members, to items, or to the value itself. */
import { Notes, isMembers } from './check.ts'
import type { Check, Finding, Run } from './check.ts'
import { matches } from './keywords.ts'
import { parsePointer } from './pointer.ts'
import type { Schema, SchemaObject } from './normalize.ts'
import type { Pattern } from './patterns.ts'

/** Makes the check of a schema. */
type Build = (schema: Schema) => Check

/** Names are looked up at this many a step. */
const namesPerStep = 8

export function memberChecks(schema: SchemaObject, build: Build, patterns: Map<string, Pattern>): Check[] {
  const { required, dependentRequired, properties, patternProperties, additionalProperties, propertyNames } = schema
  return [
    ...required && required.length > 0 ? [checkRequired(required)] : [],
    ...dependentRequired ? [checkDependentRequired(Object.entries(dependentRequired))] : [],
    ...properties || patternProperties || additionalProperties !== undefined ? [checkMembers(schema, build, patterns)] : [],
    ...propertyNames === undefined ? [] : [checkNames(build(propertyNames))],
  ]
}

function checkRequired(names: string[]): Check {
  return (value, run) => {
    if (!isMembers(value)) return true
    run.spend(Math.floor(names.length / namesPerStep))
    let passed = true
    for (const name of names) {
      if (Object.hasOwn(value, name)) continue
      passed = run.fail('is missing', { member: name, about: 'missing' })
      if (run.silent) break
    }
    return passed
  }
}

function checkDependentRequired(dependents: [name: string, names: string[]][]): Check {
  const checks = dependents.map(([name, names]) => [name, checkRequired(names)] as const)
  return (value, run, notes) => {
    if (!isMembers(value)) return true
    run.spend(Math.floor(checks.length / namesPerStep))
    return every(checks, run, ([name, check]) => !Object.hasOwn(value, name) || check(value, run, notes))
  }
}

function checkMembers({ properties = {}, patternProperties = {}, additionalProperties }: SchemaObject, build: Build, patterns: Map<string, Pattern>): Check {
  const named = new Map(Object.entries(properties).map(([name, schema]) => [name, build(schema)]))
  const matching = Object.entries(patternProperties).map(([source, schema]) => [patterns.get(source)!, build(schema)] as const)
  const others = additionalProperties === undefined ? undefined : build(additionalProperties)
  return (value, run, notes) => {
    if (!isMembers(value)) return true
    if (notes && others) notes.allMembers = true
    return every(Object.keys(value), run, (name) => {
      run.spend(1)
      const check = named.get(name)
      let known = check !== undefined
      let passed = !check || run.below(name, check, value[name])
      for (const [pattern, matched] of matching) {
        if (!matches(pattern, name, run)) continue
        known = true
        passed = run.below(name, matched, value[name]) && passed
      }
      if (known) notes?.members.add(name)
      else if (additionalProperties === false) passed = run.fail('is not a known property', { member: name })
      else if (others) passed = run.below(name, others, value[name])
      return passed
    })
  }
}

function checkNames(check: Check): Check {
  return (value, run) => !isMembers(value)
    || every(Object.keys(value), run, (name) => run.passes(check, name) || run.fail('has a name that is not taken', { member: name }))
}

export function itemChecks({ prefixItems = [], items, contains, minContains = 1, maxContains }: SchemaObject, build: Build): Check[] {
  const first = prefixItems.map((schema) => build(schema))
  const rest = items === undefined ? undefined : build(items)
  const checks: Check[] = []
  if (first.length > 0 || rest) {
    checks.push((value, run, notes) => {
      if (!Array.isArray(value)) return true
      if (notes && rest) notes.allItems = true
      if (notes) notes.items = Math.max(notes.items, first.length)
      if (items === false && value.length > first.length) return run.fail(`must have at most ${first.length} items`)
      return every(rest ? value.keys() : value.slice(0, first.length).keys(), run, (index) => run.below(index, first[index] ?? rest!, value[index]))
    })
  }
  if (contains !== undefined) checks.push(checkContains(build(contains), minContains, maxContains))
  return checks
}

function checkContains(check: Check, min: number, max: number | undefined): Check {
  const detail = `must have at least ${min}${max === undefined ? '' : ` and at most ${max}`} of the items wanted`
  return (value, run, notes) => {
    if (!Array.isArray(value)) return true
    let found = 0
    for (const [index, item] of value.entries()) {
      if (!run.passes(check, item)) continue
      found++
      notes?.contained.add(index)
    }
    return (found >= min && (max === undefined || found <= max)) || run.fail(detail)
  }
}

/** Schemas for the value itself. What they look at counts as looked at by the schema around them. */
export function inPlaceChecks(schema: SchemaObject, build: Build): Check[] {
  const { allOf, anyOf, oneOf, not, dependentSchemas } = schema
  return [
    ...(allOf ?? []).map(build),
    ...anyOf ? [checkAnyOf(anyOf.map(build))] : [],
    ...oneOf ? [checkOneOf(oneOf.map(build))] : [],
    ...not === undefined ? [] : [checkNot(build(not))],
    ...schema.if === undefined ? [] : [checkIf(build(schema.if), build(schema.then ?? true), build(schema.else ?? true))],
    ...dependentSchemas ? [checkDependentSchemas(Object.entries(dependentSchemas).map(([name, dependent]) => [name, build(dependent)] as const))] : [],
  ]
}

function checkAnyOf(branches: Check[]): Check {
  return (value, run, notes) => {
    let passed = false
    for (const branch of branches) {
      if (!passesWithNotes(branch, value, run, notes)) continue
      passed = true
      // All branches that pass have looked at something.
      if (!notes) break
    }
    return passed || explainNone(branches, value, run, notes)
  }
}

function checkOneOf(branches: Check[]): Check {
  return (value, run, notes) => {
    let passed = 0
    for (const branch of branches) {
      if (passesWithNotes(branch, value, run, notes)) passed++
      if (passed > 1) return run.fail('fits more than one of the forms of which only one is allowed')
    }
    return passed === 1 || explainNone(branches, value, run, notes)
  }
}

/** Where the value's kind, or a member that tells the kind, leaves one form only, its faults say more than that no form fits. */
function explainNone(branches: Check[], value: unknown, run: Run, notes: Notes | undefined): false {
  if (notes) notes.unsure = true
  if (run.silent) return false
  const found = branches.map((branch) => run.findingsOf(branch, value)).filter((findings) => findings.length > 0)
  const depth = run.path.length
  const at = (about: Finding['about'], level: number) => (finding: Finding): boolean => finding.about === about && levels(finding) === level
  const ofKind = found.filter((findings) => !findings.some((finding) => (at('type', depth)(finding) || at('choice', depth)(finding))))
  if (ofKind.length === 0) return run.fail(otherKinds(found.map((findings) => findings.find(at('type', depth)))) ?? noForm(branches), { about: 'type' })
  const told = narrow(ofKind, (findings) => !findings.some(at('choice', depth + 1)))
  const complete = narrow(told, (findings) => !findings.some(at('missing', depth + 1)))
  const [only, ...others] = complete
  if (others.length > 0) return run.fail(otherMembers(complete.map((findings) => findings.filter(at('missing', depth + 1)))) ?? noForm(branches))
  run.findings.push(...only!)
  return false
}

/** Those that pass, unless none does. */
function narrow(found: Finding[][], passes: (findings: Finding[]) => boolean): Finding[][] {
  const left = found.filter(passes)
  return left.length > 0 ? left : found
}

function noForm(branches: Check[]): string {
  return `fits none of the ${branches.length} allowed forms`
}

/** "must be a string, not a number" of several forms in one. */
function otherKinds(findings: (Finding | undefined)[]): string | undefined {
  const words = findings.map((finding) => /^must be (?<wanted>.*), not (?<given>.*)$/.exec(finding?.detail ?? '')?.groups)
  if (words.some((each) => each === undefined)) return undefined
  const wanted = [...new Set(words.flatMap((each) => each!['wanted']!.split(' or ')))]
  return `must be ${wanted.join(' or ')}, not ${words[0]!['given']}`
}

function otherMembers(missing: Finding[][]): string | undefined {
  if (missing.some((findings) => findings.length === 0)) return undefined
  const sets = new Set(missing.map((findings) => findings.map(({ pointer }) => nameOf(pointer)).join(' with ')))
  const [last, ...before] = [...sets].reverse()
  return `needs ${before.length === 0 ? '' : `${before.reverse().join(', ')} or `}${last}`
}

function nameOf(pointer: string): string {
  return parsePointer(pointer).at(-1)!
}

function levels({ pointer }: Finding): number {
  return pointer.split('/').length - 1
}

function checkNot(check: Check): Check {
  return (value, run) => !run.passes(check, value) || run.fail('has a form that is not allowed')
}

function checkIf(condition: Check, then: Check, otherwise: Check): Check {
  return (value, run, notes) => (passesWithNotes(condition, value, run, notes) ? then : otherwise)(value, run, notes)
}

function checkDependentSchemas(dependents: (readonly [name: string, check: Check])[]): Check {
  return (value, run, notes) => {
    if (!isMembers(value)) return true
    run.spend(Math.floor(dependents.length / namesPerStep))
    return every(dependents, run, ([name, check]) => !Object.hasOwn(value, name) || check(value, run, notes))
  }
}

/** What a failed branch has looked at does not count. */
function passesWithNotes(check: Check, value: unknown, run: Run, notes: Notes | undefined): boolean {
  if (!notes) return run.passes(check, value)
  const own = new Notes()
  const passed = run.passes(check, value, own)
  if (passed) notes.add(own)
  return passed
}

/** These come last: they need what all others have looked at. */
export function unevaluatedChecks({ unevaluatedItems, unevaluatedProperties }: SchemaObject, build: Build): Check[] {
  const checks: Check[] = []
  if (unevaluatedProperties !== undefined) checks.push(checkUnevaluatedMembers(build(unevaluatedProperties), unevaluatedProperties === false))
  if (unevaluatedItems !== undefined) checks.push(checkUnevaluatedItems(build(unevaluatedItems)))
  return checks
}

function checkUnevaluatedMembers(check: Check, none: boolean): Check {
  return (value, run, notes) => {
    if (!isMembers(value) || notes!.allMembers || notes!.unsure) return true
    notes!.allMembers = true
    return every(Object.keys(value), run, (name) => {
      run.spend(1)
      if (notes!.members.has(name)) return true
      return none ? run.fail('is not a known property', { member: name }) : run.below(name, check, value[name])
    })
  }
}

function checkUnevaluatedItems(check: Check): Check {
  return (value, run, notes) => {
    if (!Array.isArray(value) || notes!.allItems || notes!.unsure) return true
    notes!.allItems = true
    return every(value.keys(), run, (index) => index < notes!.items || notes!.contained.has(index) || run.below(index, check, value[index]))
  }
}

/** Goes on after a failure as long as somebody listens. */
function every<T>(all: Iterable<T>, run: Run, check: (each: T) => boolean): boolean {
  let passed = true
  for (const each of all) {
    if (check(each)) continue
    passed = false
    if (run.silent) break
  }
  return passed
}
