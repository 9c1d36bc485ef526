/** What each of the specification's examples is given, and how it is to end: said by the documents themselves. */

export interface Sent { type: string, source?: string, data?: unknown, attributes?: Record<string, string> }

export interface Expectation {
  input?: unknown
  /** Other flows that it runs. */
  with?: string[]
  /** Sent one after the other, once the run waits. */
  events?: Sent[]
  /** Undefined where no run is started by hand: an event or a schedule does. */
  start?: false
  status: 'completed' | 'faulted' | 'waiting' | 'running'
  output?: unknown
  error?: Record<string, unknown>
  /** Requests that the stand-ins must have got. */
  asked?: string[]
  /** In the document, so that nobody waits for half a minute. */
  shortened?: [string, string]
  /** The credential `mySecret`, which holds a whole policy. */
  policy?: Record<string, unknown>
  /** What is not had in most places where tests run. */
  needs?: 'a container engine'
}

const pet = { id: 1, name: 'Rex', status: 'available' }
const container: Expectation = { status: 'completed', needs: 'a container engine' }
const realm = { authority: 'http://keycloak/realms/fake-authority', grant: 'client_credentials', client: { id: 'workflow-runtime-id', secret: 'workflow-runtime-secret' } }
const people = { count: 1, results: [{ name: 'Luke' }] }
const registerCustomer = `document: { dsl: '1.0.3', namespace: test, name: register-customer, version: '0.1.0' }
do:
  - register: { set: { registered: '\${ .customer }' } }
`
const hot = { type: 'com.fake-hospital.vitals.measurements.temperature', data: { temperature: 39 } }
const cool = { type: 'com.fake-hospital.vitals.measurements.temperature', data: { temperature: 37 } }
const slow = { type: 'com.fake-hospital.vitals.measurements.bpm', data: { bpm: 50 } }
const get1 = 'GET petstore.swagger.io/v2/pet/1'

export const expectations: Record<string, Expectation> = {
  'authentication-bearer': { input: { token: 'a-token' }, status: 'completed', output: pet, asked: [get1] },
  'authentication-bearer-uri-format': { input: { petId: 1, token: 'a-token' }, status: 'completed', output: pet },
  'authentication-reusable': { input: { petId: 1, token: 'a-token' }, status: 'completed', output: pet },
  'authentication-oauth2': { input: { petId: 1 }, status: 'completed', output: pet, asked: ['POST keycloak/realms/fake-authority/auth/token', get1] },
  'authentication-oidc': { input: { petId: 1 }, status: 'completed', output: pet, asked: [get1] },
  'call-custom-function-cataloged': { status: 'completed' },
  'call-custom-function-inline': { status: 'completed', output: { ...pet, id: 69 } },
  'call-http-endpoint-interpolation': { input: { petId: 1 }, status: 'completed', output: pet },
  'call-http-endpoint-interpolation-shorthand': { input: { petId: 1 }, status: 'completed', output: pet },
  'call-http-query-headers-expressions': { input: { searchQuery: 'Luke' }, status: 'completed', output: people },
  'call-http-query-parameters': { input: { searchQuery: 'Luke' }, status: 'completed', output: people },
  'call-http-redirect': { input: { searchQuery: 'Luke' }, status: 'completed', output: people },
  'call-openapi': { status: 'completed', output: [{ id: 7, name: 'Rex', status: 'available' }] },
  'call-openapi-redirect': { status: 'completed', output: [{ id: 7, name: 'Rex', status: 'available' }] },
  // What `raise` says ends the run, whatever its `then`.
  'conditional-task': { input: { customer: { age: 20 }, bet: 5 }, status: 'completed', asked: ['POST superbet-casinos.com/api/bet/on/football'] },
  'do-multiple': { input: { petId: 1 }, status: 'faulted' },
  'do-single': { input: { petId: 1 }, status: 'completed', output: pet },
  'emit': { status: 'completed' },
  // Its `output.as` asks a list of what was read for pets.
  'for': { input: { pets: [{ id: 1 }], vet: 'Ann' }, status: 'faulted', events: [{ type: 'com.fake.petclinic.pets.checkup.completed.v2', data: {} }], error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/expression' } },
  'listen-to-one': { status: 'completed', events: [{ type: 'com.virtual-wf-powered-race.events.race.started.v1', data: { carId: 7 } }], asked: ['POST virtual-wf-powered-race.com/api/v4/cars/'] },
  'fork': { input: { patient: { fullName: 'Ann' }, room: { number: 3 } }, status: 'completed' },
  'listen-to-all': { status: 'completed', events: [hot, slow], output: [hot.data, slow.data] },
  'listen-to-all read-envelope': { status: 'completed', events: [hot, slow] },
  'listen-to-any': { status: 'completed', events: [{ type: 'anything.at.all', data: 1 }], output: [1] },
  'listen-to-any-filter': { status: 'completed', events: [cool, hot], output: [hot.data] },
  'listen-to-any-until-condition': { status: 'completed', events: [1, 2, 3, 4].map((data) => ({ type: 'anything', data })), output: [1, 2, 3, 4] },
  'listen-to-any-until-consumed': { status: 'completed', events: [hot, slow, { type: 'com.fake-hospital.patient.checked-out', data: {} }], output: [hot.data, slow.data] },
  'listen-to-any-forever-foreach': { input: { roomId: 7 }, status: 'waiting', events: [{ type: 'gossip', data: 'psst' }], asked: ['POST fake-chat-api.com/room/'] },
  // Its condition asks for the beginning of an endpoint that is no text.
  'mock-service-extension': { status: 'faulted', error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/expression' } },
  'raise-inline': { status: 'faulted', error: { type: 'https://serverlessworkflow.io/errors/not-implemented', status: 500, title: 'Not Implemented', instance: '/do/0/notImplemented' } },
  'raise-reusable': { status: 'faulted', error: { type: 'https://serverlessworkflow.io/errors/not-implemented', status: 500, title: 'Not Implemented', instance: '/do/0/notImplemented' } },
  'run-subflow': { input: { user: { name: 'Ann' } }, with: [registerCustomer], status: 'completed' },
  'set': { start: false, status: 'completed', events: [{ type: 'io.serverlessworkflow.samples.events.trigger.v1', data: { hello: 'world' } }] },
  'set-expression': { start: false, status: 'completed', events: [{ type: 'io.serverlessworkflow.samples.events.trigger.v1', data: { hello: 'world' } }] },
  'star-wars-homeworld': { input: { id: 1 }, status: 'completed', output: { name: 'Tatooine' }, asked: ['GET swapi.dev/api/people/1', 'GET swapi.dev/api/planets/1'] },
  'switch-then-string': { input: { orderType: 'physical' }, status: 'completed', output: { inventory: 'clear', items: 1, address: 'Elmer St' } },
  'try-catch': { input: { petId: 'x' }, status: 'completed' },
  'try-catch-then': { input: { petId: 'x' }, status: 'completed' },
  'try-catch-retry-inline': { input: { petId: 1 }, status: 'completed', output: pet },
  'try-catch-retry-reusable': { input: { petId: 1 }, status: 'completed', output: pet },
  'wait-duration-inline': { status: 'completed', shortened: ['seconds: 30', 'seconds: 1'] },
  'wait-duration-iso8601': { status: 'completed', shortened: ['PT30S', 'PT1S'] },
  'schedule-event-driven': { start: false, status: 'completed', events: [{ type: 'com.example.hospital.events.patients.heartbeat.low', data: { patient: { id: 1, name: 'Ann', room: { number: 3 }, vitals: { bpm: 30 } }, timestamp: 'now' } }], asked: ['POST hospital.example.com/api/v1/notify'] },
  'accumulate-room-readings': {
    status: 'faulted', error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/expression' },
    // Its `output.as` takes what was read for one event, where it is a list.
    events: [{ type: 'my.home.sensors.temperature', source: 'https://my.home.com/sensor', data: { reading: 20 }, attributes: { roomid: '1' } }, { type: 'my.home.sensors.humidity', source: 'https://my.home.com/sensor', data: { reading: 40 }, attributes: { roomid: '1' } }],
  },
  'authentication-oauth2-secret': { input: { petId: 1 }, policy: { ...realm, endpoints: { token: '/auth/token' } }, status: 'completed', output: pet, asked: ['POST keycloak/realms/fake-authority/auth/token', get1] },
  'authentication-oidc-secret': { input: { petId: 1 }, policy: realm, status: 'completed', output: pet, asked: [get1] },
  'call-asyncapi-publish': { input: { pet: { id: 1 }, token: 'a-token' }, status: 'completed', asked: ['POST fake.com/pets'] },
  'call-asyncapi-subscribe-consume-amount': { status: 'completed', output: [1, 2, 3, 4, 5].map((number) => ({ payload: { number } })) },
  // Nothing in them ever fills the context that their conditions look at.
  'call-asyncapi-subscribe-consume-until': { status: 'running' },
  'call-asyncapi-subscribe-consume-while': { status: 'running' },
  'call-asyncapi-subscribe-consume-forever-foreach': { status: 'running' },
  'call-grpc': { input: { user: { preferredDisplayName: 'Ann' } }, status: 'completed', output: { message: 'Hello Ann' } },
  'call-mcp': { status: 'completed', output: { content: [{ type: 'text', text: 'posted to C1234567890' }] } },
  'run-script-with-stdin-and-arguments': { status: 'completed', output: 'stdin >  Hello Workflow\narg >  hello\nenv >  bar\n' },
  'run-shell-stdin-and-arguments': { status: 'completed', output: 'STDIN was: Hello World\nARGS are Foo Bar\n' },
  'schedule-cron': { status: 'completed', asked: ['POST example.com/api/v1/backup/start'] },
  'run-container': container, 'run-container-cleanup-always': container, 'run-container-cleanup-eventually': container, 'run-container-stdin-and-arguments': container,
  'run-container-with-name': container, 'run-container-with-pull-policy': container, 'run-return-all': container, 'run-return-code': container, 'run-return-none': container, 'run-return-stderr': container,
}
