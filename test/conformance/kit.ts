/**
 * The specification of Serverless Workflow, of which the conformance kit and the examples are run. Neither is copied here: they are read from a
 * checkout of `serverlessworkflow/specification` that SERVERLESS_WORKFLOW_SPECIFICATION names. Without one their tests are skipped, visibly.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator } from '@cucumber/messages'

const folder = process.env['SERVERLESS_WORKFLOW_SPECIFICATION']

export const specification = folder !== undefined && existsSync(join(folder, 'ctk')) ? folder : undefined

export interface Step { text: string, content: string | undefined }
export interface Scenario { feature: string, name: string, steps: Step[] }

export function readScenarios(root: string): Scenario[] {
  return filesIn(join(root, 'ctk', 'features'), '.feature').flatMap((file) => {
    const newId = IdGenerator.uuid()
    const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(readFileSync(file, 'utf8'))
    return compile(document, file, newId).map(({ name, steps }) => ({
      feature: document.feature!.name, name, steps: steps.map(({ text, argument }) => ({ text, content: argument?.docString?.content })),
    }))
  })
}

export interface Example { name: string, text: string }

export function readExamples(root: string): Example[] {
  return filesIn(join(root, 'examples'), '.yaml').map((file) => ({ name: file.slice(file.lastIndexOf('/') + 1, -'.yaml'.length), text: readFileSync(file, 'utf8') }))
}

function filesIn(path: string, ending: string): string[] {
  return readdirSync(path).filter((name) => name.endsWith(ending)).sort().map((name) => join(path, name))
}
