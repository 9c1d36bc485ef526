/** What tests of a flow's page look at. */
import type { Locator, Page } from 'playwright-core'

interface EditorElement extends HTMLElement { cmTile: { root: { view: { state: { doc: { toString(): string } } } } } }

/** The document as it stands in the editor, whole: of a long one, only the lines near those in view are elements. */
export const documentText = (page: Page): Promise<string> => page.getByRole('textbox', { name: 'Document', exact: true }).evaluate((element) => (element as EditorElement).cmTile.root.view.state.doc.toString())

/** By the end of its pointer. */
export const graphNode = (page: Page, name: string): Locator => page.locator(`[data-pointer$="/${name}"]`)
