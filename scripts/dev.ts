/** `npm run dev`: the hub, started anew when its sources change, and the dashboard with hot reload, which asks that hub. Arguments go to `serve`. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readConfig } from '../src/config.ts'

const { host, port } = readConfig(process.env)
const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host

const start = (args: string[], env: Record<string, string> = {}): ChildProcess => spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { stdio: 'inherit', env: { ...process.env, ...env } })

const parts = [
  start(['--watch', '--watch-preserve-output', 'src/main.ts', 'serve', ...process.argv.slice(2)]),
  start(['node_modules/vite/bin/vite.js', '--config', 'web/vite.config.ts', '--clearScreen', 'false'], { INTERCHANGE_URL: `http://${shown}:${port}` }),
]

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { for (const part of parts) part.kill(signal) })
for (const part of parts) {
  part.on('exit', (code) => {
    // Neither is of use without the other.
    for (const each of parts) each.kill('SIGTERM')
    process.exitCode ??= code ?? 0
  })
}
