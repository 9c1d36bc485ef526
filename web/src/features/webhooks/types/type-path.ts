/** Of a type's page, below the tenant. Types may hold whatever a URL does not take. */
export const typePath = (type: string): string => `webhooks/types/${encodeURIComponent(type)}`
