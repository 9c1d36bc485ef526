/**
 * Whether Node itself can run each source: the tests' own compiler takes some things that Node's stripping of types does not, and a hub
 * would find out when it starts. Needs `--experimental-vm-modules`, by which text is compiled as a module without being run.
 */
import { glob, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { SourceTextModule } from 'node:vm'

const modules: SourceTextModule[] = []
for await (const file of glob(['src/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'], { exclude: ['**/node_modules/**'] })) {
  try {
    modules.push(new SourceTextModule(stripTypeScriptTypes(await readFile(file, 'utf8')), { identifier: file }))
  } catch (error) {
    process.exitCode = 1
    console.log(`${file}: ${(error as Error).message}`)
  }
}
console.log(`${modules.length} files read.`)
