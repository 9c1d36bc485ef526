/** The way of an event that somebody sends, from its check to its commit and to what the hub does about it. */
import { uuidv7 } from 'uuidv7'
import { HubError, type FieldError } from '../errors.ts'
import type { Caller, Scope } from '../tenants/caller.ts'
import { onceOf, type ReadEvent } from './cloudevent.ts'
import { within } from './depth.ts'
import type { AcceptedEvent, Accepted, CloudEvent, Inbox } from './event.ts'

/** A type of event that makes the hub do something, for those alone who may do it themselves. */
export interface Command {
  type: string
  scope: Scope
  /** Harmless when it is done twice: then a repeat of the event is acted upon as well, since the first may have been broken off. */
  repeatable: boolean
  /** Makes sure that there is room; called before the event is stored. Throws HubError `rate_limited`. */
  reserve(): Reserved
}

export interface Reserved {
  /** The event is committed. Resolves when the work is sure to be done, or begun as far as that can be sure; what the work comes to is told by events. */
  begin(caller: Caller, published: Published): Promise<void>
  /** Not begun. Does nothing after `begin`. */
  release(): void
}

export interface Published { messageId: string, event: CloudEvent }

/** `messageId`: of an event that the hub makes; its own id and the hub's are one then, and it cannot be a repeat. */
export type Sent = ReadEvent & { messageId?: string }

export type SchemaCheckMode = 'reject' | 'flag' | 'pass'

/** `at`: JSON Pointer of an event within what was sent. `runId`: the run of a flow that sends them. */
export interface PublishOptions { schemaCheck: SchemaCheckMode, at?: (index: number) => string, runId?: string | undefined }

export interface Publishing {
  /**
   * All of them are checked before any is stored. Events whose source and id came within a day are taken for repeats, and neither stored nor acted upon
   * again. Throws HubError `forbidden` for a command that the caller may not give, `invalid_input` where a schema refuses data, `database_unavailable`;
   * what was stored before that stays, and the same batch may be sent again.
   */
  publish(caller: Caller, events: readonly Sent[], options: PublishOptions): Promise<Accepted[]>
  /** What the type's schema says, and by what the event is known again. */
  check(tenantId: string, event: CloudEvent): Promise<Pick<AcceptedEvent, 'once' | 'schemaErrors'>>
}

export interface PublishingDeps {
  inbox: Inbox
  types: { validate(tenantId: string, type: string, data: unknown): Promise<FieldError[] | undefined> }
  commands: readonly Command[]
  /** Something was committed. */
  wake(tenantId: string): void
}

/** A batch is larger than what is to wait for one commit. */
const AT_ONCE = 500

export function createPublishing({ inbox, types, commands, wake }: PublishingDeps): Publishing {
  const byType = new Map(commands.map((command) => [command.type, command]))
  const check: Publishing['check'] = async (tenantId, event) => {
    const errors = await types.validate(tenantId, event.type, event.data)
    return { once: onceOf(event), ...errors !== undefined && errors.length > 0 && { schemaErrors: errors } }
  }
  return {
    check,
    async publish(caller, events, { schemaCheck, runId, at = (index) => (events.length === 1 ? '' : `/${index}`) }) {
      for (const [index, { event }] of events.entries()) assertMay(caller, byType.get(event.type), `${at(index)}/type`)
      const accepted: Prepared[] = []
      for (const [index, sent] of events.entries()) {
        const { event, json, messageId } = within(sent, caller.depth)
        const { once, schemaErrors } = schemaCheck === 'pass' ? { once: onceOf(event) } : await check(caller.tenantId, event)
        if (schemaErrors !== undefined && schemaCheck === 'reject') throw refused(event.type, schemaErrors, `${at(index)}/data`)
        const prepared: AcceptedEvent = { tenantId: caller.tenantId, id: messageId ?? uuidv7(), event, json, sizeBytes: Buffer.byteLength(json), schemaErrors, runId, ...messageId === undefined && { once } }
        accepted.push({ command: byType.get(event.type), event: prepared })
      }
      const results: Accepted[] = []
      for (let from = 0; from < accepted.length; from += AT_ONCE) {
        results.push(...await Promise.all(accepted.slice(from, from + AT_ONCE).map((each) => accept(inbox, caller, each))))
        wake(caller.tenantId)
      }
      return results
    },
  }
}

interface Prepared { event: AcceptedEvent, command: Command | undefined }

async function accept(inbox: Inbox, caller: Caller, { event, command }: Prepared): Promise<Accepted> {
  if (command === undefined) return inbox.accept(event)
  const reserved = command.reserve()
  try {
    const accepted = await inbox.accept(event)
    if (!accepted.repeated || command.repeatable) await reserved.begin(caller, { messageId: event.id, event: event.event })
    return accepted
  } finally {
    reserved.release()
  }
}

/** Whoever may only send events must not reach through them what their key does not allow. */
function assertMay(caller: Caller, command: Command | undefined, pointer: string): void {
  if (command === undefined || caller.scopes.has(command.scope)) return
  throw new HubError('forbidden', `Events of the type ${command.type} make the hub act: that needs the scope ${command.scope}, which the key does not have.`, { errors: [{ pointer, detail: `needs ${command.scope}` }] })
}

function refused(type: string, errors: FieldError[], at: string): HubError {
  const placed = errors.map(({ pointer, detail }) => ({ pointer: at + pointer, detail }))
  return new HubError('invalid_input', `The data does not fit the schema of ${type}: ${placed[0]!.pointer} ${placed[0]!.detail}`, { errors: placed })
}
