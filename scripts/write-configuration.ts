/** Writes docs/configuration.md from the settings themselves. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describeSettings } from '../src/config.ts'

export function configurationPage(): string {
  const rows = describeSettings().map(({ variable, fallback, takes, description }) =>
    `| \`${variable}\` | ${fallback === '' ? '–' : `\`${fallback}\``} | ${takes.replaceAll('|', '\\|')} | ${description} |`)
  return `# Configuration

Every setting is an environment variable. A value that is not taken stops the start with one line that names the variable, what it got and what it takes. This page is made from the settings in \`src/config.ts\` by \`scripts/write-configuration.ts\`.

| variable | default | takes | what it does |
|---|---|---|---|
${rows.join('\n')}

The command line reads \`INTERCHANGE_URL\` (the hub to talk to, \`http://127.0.0.1:8080\`) and \`INTERCHANGE_API_KEY\`.
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('../docs/configuration.md', import.meta.url), configurationPage())
}
