/** Connectors: the hub's own, imported ones, and the catalogue. */
import type { Route } from '../../route.ts'
import { listAvailable, listCategories } from './available.ts'
import { createConnector } from './create.ts'
import { deleteConnector } from './delete.ts'
import { getDocument } from './document.ts'
import { listEvents } from './events.ts'
import { getConnector } from './get.ts'
import { importConnector } from './import.ts'
import { installConnector } from './install.ts'
import { listConnectors } from './list.ts'
import { getLogo } from './logo.ts'
import { getOperation, listOperations, listTags } from './operations.ts'
import { previewConnector, previewOfCatalogue } from './preview.ts'
import { reimportConnector } from './reimport.ts'

export const connectorRoutes: Route[] = [
  listAvailable, listCategories, previewOfCatalogue, getLogo, listConnectors, createConnector, importConnector, previewConnector, getConnector, deleteConnector, reimportConnector,
  listOperations, listTags, getOperation, listEvents, getDocument, installConnector,
]
