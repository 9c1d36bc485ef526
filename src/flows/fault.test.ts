import { expect, test } from 'vitest'
import { HubError } from '../errors.ts'
import { fault, FlowFault, toFault } from './fault.ts'

test("errors of the call path are the DSL's, with the upstream's status where there is one", () => {
  const types = (code: ConstructorParameters<typeof HubError>[0], options = {}): [string, number] => {
    const { type, status } = toFault(new HubError(code, 'said', options))
    return [type.slice(type.lastIndexOf('/') + 1), status]
  }
  expect(types('upstream_rejected', { upstreamStatus: 404 })).toEqual(['communication', 404])
  expect(types('upstream_unavailable', { extra: { execution: { response: { statusCode: 503 } } } })).toEqual(['communication', 503])
  expect(types('upstream_unavailable')).toEqual(['communication', 502])
  expect(types('upstream_timeout')).toEqual(['timeout', 408])
  expect(types('access_denied')).toEqual(['authorization', 403])
  expect(types('expression_timeout')).toEqual(['expression', 400])
  expect(types('invalid_input', { errors: [{ pointer: '/id', detail: 'is needed' }] })).toEqual(['validation', 400])
})

test('an invalid input says where', () => {
  expect(toFault(new HubError('invalid_input', 'It does not fit.', { errors: [{ pointer: '/id', detail: 'is needed' }] })).detail).toBe('It does not fit. (/id is needed)')
})

test("a fault of the hub's own says nothing of itself", () => {
  expect(toFault(new TypeError('the password is 12345')).toJSON()).toEqual({ type: expect.stringMatching(/runtime$/), status: 500, title: 'Runtime Error', detail: 'Something went wrong in the hub.' })
})

test('a fault keeps the place where it was first said', () => {
  expect(fault('runtime', 'x').at('/do/0/a').at('/do/1/b').instance).toBe('/do/0/a')
  expect(new FlowFault({ type: 'a', status: 1, title: 't', instance: '/own' }).at('/do/0/a').instance).toBe('/own')
})
