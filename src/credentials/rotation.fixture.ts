/** A rotation in a process of its own that comes to a halt after its first batch, says so, and waits to be killed. */
import { callerOf, setUp } from './setup.fixture.ts'

const [connectionString, dataFolder, tenantId, what] = process.argv.slice(2) as [string, string, string, string]
const setup = await setUp(connectionString)
const { rotation } = await setup.hub({ dataFolder })
const halt = async (): Promise<void> => {
  process.stdout.write('half way\n')
  await new Promise((resolve) => { setInterval(resolve, 1 << 30) })
}
await (what === 'root' ? rotation.rotateRoot(callerOf(tenantId), { onProgress: halt }) : rotation.rotateTenant(callerOf(tenantId), { onProgress: halt }))
