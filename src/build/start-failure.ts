/** Why a hub did not start, where the operator can do something about it: one line. Anything else is given back as it was. */
interface SystemError { code?: string, port?: number, address?: string, errors?: unknown[] }

const databaseReasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  '28P01': 'it refuses the user and password',
  '28000': 'it refuses the user',
  '3D000': 'it has no such database',
  '42501': 'the user may not make roles and tables there',
}

export function explainStart(error: unknown, databaseUrl: string | undefined): unknown {
  const { code = '', port, address, errors } = (error ?? {}) as SystemError
  if (code === 'EADDRINUSE') return new Error(`Port ${port} of ${address} is taken: stop what uses it, or set INTERCHANGE_PORT.`, { cause: error })
  if (code === 'EADDRNOTAVAIL') return new Error(`INTERCHANGE_HOST is ${address}, which is no address of this machine: 0.0.0.0 listens on all of them.`, { cause: error })
  if (code === 'EACCES' && port !== undefined) return new Error(`Port ${port} needs more rights than this user has: set INTERCHANGE_PORT to one from 1024.`, { cause: error })
  const reason = databaseReasons[code] ?? databaseReasons[(errors?.[0] as SystemError | undefined)?.code ?? '']
  if (reason === undefined || databaseUrl === undefined) return error
  const { host, pathname } = new URL(databaseUrl)
  return new Error(`The database of DATABASE_URL (${host}${pathname}) cannot be used: ${reason}.`, { cause: error })
}
