/** Fills a form that is drawn from a schema, as somebody does who knows the value that is to come of it: field by field, by what the page offers. */
import type { Locator, Page } from 'playwright-core'

/** What the page has for a field. */
type Kind = 'union' | 'choice' | 'check' | 'list' | 'group' | 'json' | 'file' | 'text' | 'nothing'

/** `id` of the field, such as `field_body`; `passed`: fields whose choice between several forms is made. Throws an Error that names the first field that has no place for its value. */
export async function fill(page: Page, id: string, value: unknown, passed: string[] = []): Promise<void> {
  const kind = await kindOf(page, id, passed)
  if (kind === 'union') return fillUnion(page, id, value, passed)
  if (kind === 'choice') return choose(page, id, (options) => options.and(page.getByRole('option', { name: String(value), exact: true })))
  if (kind === 'json') return at(page, id).fill(JSON.stringify(value))
  if (kind === 'file') return typeof value === 'string' ? at(page, `${id}-text`).fill(value) : upload(page, id, value as Upload)
  if (kind === 'check') return at(page, id).setChecked(value === true)
  if (kind === 'text' && (value === null || typeof value !== 'object')) return at(page, id).fill(String(value))
  if (kind === 'list' && Array.isArray(value)) return fillList(page, id, value, passed)
  if (kind === 'group' && value !== null && typeof value === 'object') return fillGroup(page, id, value, passed)
  throw new Error(`${id} has no place for ${JSON.stringify(value)}: ${kind}`)
}

function at(page: Page, id: string): Locator { return page.locator(`[id="${id}"]`) }

function kindOf(page: Page, id: string, passed: string[]): Promise<Kind> {
  return page.evaluate(([wanted, over]) => {
    const find = (name: string): HTMLElement | null => document.getElementById(name)
    if (['__oneof_select', '__anyof_select'].some((end) => find(wanted + end) !== null && !over.includes(wanted))) return 'union'
    const element = find(wanted)
    if (element === null) return 'nothing'
    if (element.dataset['kind'] !== undefined) return element.dataset['kind'] as Kind
    if (element instanceof HTMLInputElement && (element.type === 'checkbox' || element.type === 'file')) return element.type === 'file' ? 'file' : 'check'
    if (element.getAttribute('aria-haspopup') === 'listbox') return 'choice'
    return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? 'text' : 'group'
  }, [id, passed] as const)
}

/** Whether the fields that stand there now can take the value. */
function fits(page: Page, id: string, value: unknown): Promise<boolean> {
  return page.evaluate(([wanted, given]) => {
    const element = document.getElementById(wanted)
    if (element?.dataset['kind'] === 'json') return true
    if (Array.isArray(given)) return element?.dataset['kind'] === 'list'
    if (given !== null && typeof given === 'object') return Object.keys(given).every((key) => document.querySelector(`[id="${wanted}_${key}"], [id^="${wanted}_${key}__"]`) !== null)
    if (typeof given === 'boolean') return element instanceof HTMLInputElement && (element.type === 'checkbox' || element.getAttribute('aria-haspopup') === 'listbox')
    return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
  }, [id, value] as const)
}

async function optionsOf(page: Page, id: string): Promise<Locator> {
  return page.locator(`[id="${await at(page, id).getAttribute('aria-controls')}"]`).getByRole('option')
}

async function choose(page: Page, id: string, pick: (options: Locator) => Locator): Promise<void> {
  await at(page, id).click()
  await pick(await optionsOf(page, id)).click()
}

/** Goes through the choices until the fields fit. */
async function fillUnion(page: Page, id: string, value: unknown, passed: string[]): Promise<void> {
  const select = await at(page, `${id}__oneof_select`).count() > 0 ? `${id}__oneof_select` : `${id}__anyof_select`
  await at(page, select).click()
  const count = await (await optionsOf(page, select)).count()
  await page.keyboard.press('Escape')
  for (let index = 0; index < count && !await fits(page, id, value); index += 1) await choose(page, select, (all) => all.nth(index))
  await fill(page, id, value, [...passed, id])
}

async function fillGroup(page: Page, id: string, value: object, passed: string[]): Promise<void> {
  for (const [name, each] of Object.entries(value)) await fill(page, `${id}_${name}`, each, passed)
}

async function fillList(page: Page, id: string, value: unknown[], passed: string[]): Promise<void> {
  for (const [index, each] of value.entries()) {
    if (await kindOf(page, `${id}_${index}`, passed) === 'nothing') await at(page, `${id}__add`).click()
    await fill(page, `${id}_${index}`, each, passed)
  }
}

interface Upload { filename: string, contentType: string, data: string }

async function upload(page: Page, id: string, { filename, contentType, data }: Upload): Promise<void> {
  await at(page, id).setInputFiles({ name: filename, mimeType: contentType, buffer: Buffer.from(data, 'base64') })
  await page.getByText(`${filename}, `).waitFor()
}
