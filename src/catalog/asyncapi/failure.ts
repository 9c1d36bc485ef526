import { HubError } from '../../errors.ts'

/** A client library's error, without the address that a name stands for. */
export function fromError(error: unknown, host: string): HubError {
  if (error instanceof HubError) return error
  const said = error instanceof Error ? `${(error as { code?: unknown }).code ?? ''} ${error.message}` : String(error)
  if (/not auth|auth.*(fail|requir|violat|refus)|bad user|ACCESS.REFUSED|403|credential/i.test(said)) return new HubError('upstream_rejected', `${host} did not accept the credential.`, { cause: error, upstreamStatus: 401 })
  if (/NOT.FOUND|404|no queue|no exchange/i.test(said)) return new HubError('upstream_rejected', `${host} has no such channel.`, { cause: error, upstreamStatus: 404 })
  if (/timed? ?out|ETIMEDOUT/i.test(said)) return new HubError('upstream_timeout', `${host} did not answer in time.`, { cause: error })
  return new HubError('upstream_unavailable', `${host} cannot be reached, or ended the connection.`, { cause: error })
}
