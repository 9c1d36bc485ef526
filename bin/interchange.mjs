#!/usr/bin/env node
import path from 'node:path'
import { ensureDashboard } from './dashboard.mjs'
import { handOver, root } from './hand-over.mjs'
import { ensureInstalled } from './install.mjs'

await ensureInstalled({ withDevelopment: false })
if (process.argv[2] === 'serve') await ensureDashboard()
handOver({ args: [path.join(root, 'src/main.ts'), ...process.argv.slice(2)] })
