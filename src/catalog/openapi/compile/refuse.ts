import { HubError } from '../../../errors.ts'

/** Refuses an input before anything is sent. */
export function refuseInput(pointer: string, detail: string): never {
  throw new HubError('invalid_input', `The input cannot be sent: ${pointer || 'it'} ${detail}`, { errors: [{ pointer, detail }], beforeSending: true })
}
