import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { json } from '../../../test/upstream.ts'
import type { Integration } from '../../client/types.ts'
import { documentOf, useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf, connected } = scene

describe('connect', () => {
  test('a URL, a file and standard input each become a connector and an integration, tested on the way', async () => {
    const viaUrl = await run(['connect', `${scene.shop.url}/openapi.json`, '--id', 'by-url', '-c', 'shopKey=shop-key-4711'])
    expect(viaUrl).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Connected Book Shop \(3 operations\), integration [0-9a-f-]{36}\nThe connection test passed\.\nNext: interchange catalog operations by-url\n$/) })
    expect(scene.shop.asked.at(-1)).toMatchObject({ headers: { 'x-api-key': 'shop-key-4711' } })
    const viaFile = await answerOf<Integration>(['connect', join(scene.folder, 'shop.json'), '--id', 'by-file', '--name', 'From a file'])
    expect(viaFile).toMatchObject({ name: 'From a file', connector: 'by-file', connectionStatus: 'active' })
    const viaStdin = await answerOf<Integration>(['connect', '-', '--id', 'by-stdin', '--no-test'], { stdin: JSON.stringify(documentOf(scene.shop.url)) })
    expect(viaStdin).toMatchObject({ connector: 'by-stdin', connectionStatus: 'inactive' })
  })

  test('a connector of the hub is connected by its id, with its configuration', async () => {
    const integration = await answerOf<Integration>(['connect', 'http', '--name', 'Any', '--configuration', `baseUrl=${scene.shop.url}`, '--endpoint', scene.shop.url])
    expect(integration).toMatchObject({ connector: 'http', connection: { endpoint: scene.shop.url } })
  })

  test('a failed connection test is told, and the integration is there all the same', async () => {
    scene.shop.answer((_request, response) => { json(response, 401, { message: 'who are you?' }) })
    const { code, stdout } = await run(['connect', join(scene.folder, 'shop.json'), '--id', 'refusing', '--name', 'Refusing', '-c', 'shopKey=wrong-key'])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('The connection test failed: ') })
    expect(await answerOf(['integrations', 'show', 'Refusing'])).toMatchObject({ connectionStatus: 'error' })
  })

  test('a document whose connector is there already is answered with the ways on', async () => {
    await connected()
    const { code, stderr } = await run(['connect', join(scene.folder, 'shop.json')])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^conflict: There is a connector book-shop already\.[^]*interchange connect book-shop --name[^]*--update --id book-shop[^]*--id <another id>/) })
  })

  test('when only the integration fails, it is said that the document is here already', async () => {
    const { code, stderr } = await run(['connect', join(scene.folder, 'shop.json'), '--id', 'half-way', '-c', 'unknownScheme=x', '--no-test'])
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_input: [^]*unknownScheme[^]*imported as half-way[^]*interchange connect half-way/) })
  })

  test('what is neither URL nor file nor connector is told so', async () => {
    expect(await run(['connect', 'no-such-thing'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^no-such-thing is neither a URL, nor a file here, nor a connector\.\n {2}Search with: interchange catalog search no-such-thing\n$/) })
  })

  test('a newer document shows what it changes, and changes it only with --apply', async () => {
    await answerOf(['connect', join(scene.folder, 'shop.json'), '--id', 'growing', '--no-test'])
    const newer = join(scene.folder, 'newer.json')
    const document = documentOf(scene.shop.url)
    delete document.paths['/file']
    await writeFile(newer, JSON.stringify({ ...document, paths: { ...document.paths, '/authors': { get: { operationId: 'listAuthors', responses: {} } } } }))
    const operations = async (): Promise<string[]> => (await answerOf<{ data: { id: string }[] }>(['catalog', 'operations', 'growing'])).data.map(({ id }) => id).sort()
    const shown = await run(['connect', newer, '--update', '--id', 'growing'])
    expect(shown.stdout).toMatch(/removed \(breaking\) .*download[^]*Nothing was changed\. Add --apply/)
    expect(await operations()).toEqual(['addBook', 'download', 'getBook'])
    expect((await run(['connect', newer, '--update', '--id', 'growing', '--apply'])).stdout).toMatch(/Applied\.\n$/)
    expect(await operations()).toEqual(['addBook', 'getBook', 'listAuthors'])
    expect((await run(['connect', newer, '--update', '--id', 'growing'])).stdout).toBe('The document says what it said before.\n')
  })
})
