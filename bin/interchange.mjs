#!/usr/bin/env node
import path from 'node:path'
import { handOver, root } from './hand-over.mjs'
import { ensureInstalled } from './install.mjs'

await ensureInstalled({ withDevelopment: false })
handOver({ args: [path.join(root, 'src/main.ts'), ...process.argv.slice(2)] })
