/** Sends spans to the collector. When that fails they are gone, and the log says so once, not at every batch. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import type { SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { Logger } from 'pino'

/** For a batch with its repeats. Meanwhile further spans wait in the queue, which is bounded. */
const SEND_TIMEOUT_MS = 3000

export function createExporter({ endpoint, logger }: { endpoint: string, logger: Logger }): SpanExporter {
  const exporter = new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: SEND_TIMEOUT_MS })
  let lost = 0
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        // 0 is success in OpenTelemetry's ExportResultCode.
        if (result.code === 0) {
          if (lost > 0) logger.info({ lostSpans: lost }, 'the OpenTelemetry collector takes traces again')
          lost = 0
        } else {
          if (lost === 0) logger.warn({ reason: result.error?.message }, 'the OpenTelemetry collector takes no traces: spans are lost until it does')
          lost += spans.length
        }
        done(result)
      })
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
}

function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`
  return url.href
}
