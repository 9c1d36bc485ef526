import type { Route } from '../../route.ts'
import { getEventContent } from './content.ts'
import { getEvent } from './get.ts'
import { listEvents } from './list.ts'
import { sendEvents } from './send.ts'

export const eventRoutes: Route[] = [sendEvents, listEvents, getEvent, getEventContent]
