import { describe, expect, test } from 'vitest'
import { encode, encodeForm, encodeReserved, encodeReservedInPath, identity } from './percent.ts'
import { serialiserOf } from './styles.ts'

/**
 * "Style Examples" of OpenAPI 3.1.2, as its rows stand there, and the two rows that 3.2.0 adds for cookies.
 * `undefined` marks what the specification calls n/a. Its column "empty" is the empty string.
 */
const table: [style: string, explode: boolean, empty: string | undefined, string: string | undefined, array: string | undefined, object: string | undefined][] = [
  ['matrix', false, ';color', ';color=blue', ';color=blue,black,brown', ';color=R,100,G,200,B,150'],
  ['matrix', true, ';color', ';color=blue', ';color=blue;color=black;color=brown', ';R=100;G=200;B=150'],
  ['label', false, '.', '.blue', '.blue,black,brown', '.R,100,G,200,B,150'],
  ['label', true, '.', '.blue', '.blue.black.brown', '.R=100.G=200.B=150'],
  ['simple', false, '', 'blue', 'blue,black,brown', 'R,100,G,200,B,150'],
  ['simple', true, '', 'blue', 'blue,black,brown', 'R=100,G=200,B=150'],
  ['form', false, 'color=', 'color=blue', 'color=blue,black,brown', 'color=R,100,G,200,B,150'],
  ['form', true, 'color=', 'color=blue', 'color=blue&color=black&color=brown', 'R=100&G=200&B=150'],
  ['spaceDelimited', false, undefined, undefined, 'color=blue%20black%20brown', 'color=R%20100%20G%20200%20B%20150'],
  ['pipeDelimited', false, undefined, undefined, 'color=blue%7Cblack%7Cbrown', 'color=R%7C100%7CG%7C200%7CB%7C150'],
  ['deepObject', true, undefined, undefined, undefined, 'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150'],
  ['cookie', false, 'color=', 'color=blue', 'color=blue,black,brown', 'color=R,100,G,200,B,150'],
  ['cookie', true, 'color=', 'color=blue', 'color=blue; color=black; color=brown', 'R=100; G=200; B=150'],
]

const values = { empty: '', string: 'blue', array: ['blue', 'black', 'brown'], object: { R: 100, G: 200, B: 150 } }

describe('every style and explode of the specification', () => {
  for (const [style, explode, empty, string, array, object] of table) {
    const separator = style === 'cookie' ? '; ' : '&'
    const write = serialiserOf({ name: 'color', style, explode, encode, separator })
    for (const [kind, expected] of Object.entries({ empty, string, array, object })) {
      if (expected === undefined) continue
      test(`${style}, explode ${explode}: ${kind} is written ${expected || 'as nothing'}`, () => {
        expect(write(values[kind as keyof typeof values])).toBe(expected)
      })
    }
  }

  test('null is written as the empty string is', () => {
    expect(serialiserOf({ name: 'color', style: 'matrix', explode: false, encode })(null)).toBe(';color')
    expect(serialiserOf({ name: 'color', style: 'form', explode: true, encode })(null)).toBe('color=')
  })

  test('an empty list or object leaves nothing in a query', () => {
    for (const style of ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject']) {
      for (const value of [[], {}]) expect(serialiserOf({ name: 'color', style, explode: style === 'deepObject', encode })(value)).toBe('')
    }
  })

  test('members that are null are left out', () => {
    expect(serialiserOf({ name: 'color', style: 'form', explode: true, encode })({ R: null, G: 200 })).toBe('G=200')
    expect(serialiserOf({ name: 'color', style: 'simple', explode: false, encode })(['blue', null, 'brown'])).toBe('blue,brown')
  })

  test('a value that holds a delimiter cannot be taken for two', () => {
    expect(serialiserOf({ name: 'color', style: 'form', explode: false, encode })(['a,b', 'c'])).toBe('color=a%2Cb,c')
    expect(serialiserOf({ name: 'color', style: 'label', explode: true, encode })({ 'a=b': 'c=d' })).toBe('.a%3Db=c%3Dd')
    expect(serialiserOf({ name: 'color', style: 'pipeDelimited', explode: false, encode })(['a|b', 'c'])).toBe('color=a%7Cb%7Cc')
  })

  test('objects within a deep object get further brackets, and lists an index', () => {
    const write = serialiserOf({ name: 'card', style: 'deepObject', explode: true, encode: identity })
    expect(write({ owner: { name: 'Ada' }, tags: ['a', 'b'] })).toBe('card[owner][name]=Ada&card[tags][0]=a&card[tags][1]=b')
  })

  test('an object within a list is written as JSON', () => {
    expect(serialiserOf({ name: 'q', style: 'form', explode: true, encode })([{ a: 1 }])).toBe('q=%7B%22a%22%3A1%7D')
  })

  test('a delimiter of Swagger 2.0 joins where no style does', () => {
    expect(serialiserOf({ name: 'color', style: 'form', explode: false, encode, delimiter: '\t' })(['blue', 'black'])).toBe('color=blue%09black')
    expect(serialiserOf({ name: 'color', style: 'simple', explode: false, encode, delimiter: '|' })(['blue', 'black'])).toBe('blue%7Cblack')
  })
})

describe('percent-encoding', () => {
  test('only unreserved characters stay as they are', () => {
    expect(encode('AZaz09-._~')).toBe('AZaz09-._~')
    expect(encode(':/?#[]@!$&\'()*+,;= %"é€😀')).toBe('%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%20%25%22%C3%A9%E2%82%AC%F0%9F%98%80')
  })

  test('half of a surrogate pair does not break it', () => {
    expect(encode('a\ud800b')).toBe('a%EF%BF%BDb')
  })

  test('allowReserved lets reserved characters and triples pass in a query, but nothing that starts another parameter', () => {
    expect(encodeReserved('https://a.example/b?c=d,e;f%2F')).toBe('https://a.example/b?c=d,e;f%2F')
    expect(encodeReserved('a&b#c+d[e]100% ü')).toBe('a%26b%23c%2Bd%5Be%5D100%25%20%C3%BC')
  })

  test('allowReserved in a path never lets a slash through, encoded or not', () => {
    expect(encodeReservedInPath('a:b@c;d=e')).toBe('a:b@c;d=e')
    expect(encodeReservedInPath('../x?y#z%2Fq')).toBe('..%2Fx%3Fy%23z%252Fq')
  })

  test('forms write a space as a plus', () => {
    expect(encodeForm('a b+c~d')).toBe('a+b%2Bc%7Ed')
  })
})
