/** JSON Pointer, RFC 6901. */
export const escapePart = (part: string | number): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1')
export const pointerParts = (pointer: string): string[] => pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
