import type { Member } from '../../hub/client.ts'

export type Role = Member['role']

const rising: Role[] = ['viewer', 'developer', 'admin', 'owner']

/** Nobody gives or takes more than their own role. */
export function mayGive(own: Role, role: Role): boolean {
  return rising.indexOf(role) <= rising.indexOf(own)
}

export function rolesToGive(own: Role): Role[] {
  return rising.filter((role) => mayGive(own, role))
}
