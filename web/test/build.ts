/** What is tested is what is served: the build of the sources as they are. */
import { ensureDashboard } from '../../bin/dashboard.mjs'

export default async function setup(): Promise<void> {
  if (!await ensureDashboard()) throw new Error('The dashboard could not be built.')
}
