import { ApiError } from '../../hub/client.ts'

/** What a refusal says of the fields below `prefix`, with pointers from there. */
export function errorsBelow(error: unknown, prefix: string): { pointer: string, detail: string }[] {
  if (!(error instanceof ApiError)) return []
  return error.errors.filter(({ pointer }) => pointer.startsWith(`${prefix}/`)).map(({ pointer, detail }) => ({ pointer: pointer.slice(prefix.length), detail }))
}

/** For the one field at `pointer`. */
export function errorAt(error: unknown, pointer: string): string | undefined {
  return error instanceof ApiError ? error.errors.find((each) => each.pointer === pointer)?.detail : undefined
}
