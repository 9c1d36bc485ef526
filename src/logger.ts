/** JSON logs on standard output, one line an entry. Secrets are masked before they get here; headers that carry them are cut as well. */
import { pino, type Logger } from 'pino'
import type { LogLevel } from './config.ts'

export function createLogger(level: LogLevel): Logger {
  return pino({
    level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['*.authorization', '*.cookie', '*.password', '*.headers.authorization', '*.connectionString'], censor: '[secret]' },
  })
}
