/** What a script finds of Node: console, process, its standard input. Written for QuickJS; nothing here reaches out of it but text. */
export const prelude = String.raw`
(function (write, exit, given) {
  'use strict';
  const { argv, env, stdin } = JSON.parse(given);
  const { stringify } = JSON;
  const show = (value, depth) => {
    if (typeof value === 'string') return depth === 0 ? value : stringify(value);
    if (typeof value === 'bigint') return value + 'n';
    if (typeof value === 'function') return '[Function: ' + (value.name || 'anonymous') + ']';
    if (typeof value === 'symbol' || value === null || typeof value !== 'object') return String(value);
    if (value instanceof Error) return value.name + ': ' + value.message + (value.stack ? '\n' + value.stack.trimEnd() : '');
    if (depth > 4) return Array.isArray(value) ? '[Array]' : '[Object]';
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Map) return 'Map(' + value.size + ') ' + show([...value], depth + 1);
    if (value instanceof Set) return 'Set(' + value.size + ') ' + show([...value], depth + 1);
    if (Array.isArray(value)) return value.length === 0 ? '[]' : '[ ' + value.map((each) => show(each, depth + 1)).join(', ') + ' ]';
    const pairs = Object.entries(value).map(([key, each]) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : stringify(key)) + ': ' + show(each, depth + 1));
    return pairs.length === 0 ? '{}' : '{ ' + pairs.join(', ') + ' }';
  };
  const line = (to) => (...values) => { write(to, values.map((value) => show(value, 0)).join(' ') + '\n'); };
  const out = line(1);
  const err = line(2);
  globalThis.console = { log: out, info: out, debug: out, error: err, warn: err, trace: err };
  const leave = (code) => {
    exit(Number(code ?? process.exitCode ?? 0) | 0);
    // The interpreter is interrupted at the next turn of this loop.
    for (;;);
  };
  const stream = (to, fd) => ({ fd, write: (text) => { write(to, String(text)); return true; } });
  globalThis.process = {
    argv, env, exit: leave, exitCode: undefined, platform: 'interchange', version: 'v24.0.0', versions: {},
    stdin: { fd: 0 }, stdout: stream(1, 1), stderr: stream(2, 2), cwd: () => '/', nextTick: (job, ...values) => { Promise.resolve().then(() => job(...values)); },
  };
  globalThis.queueMicrotask = (job) => { Promise.resolve().then(job); };
  const readFileSync = (path) => {
    if (path === 0 || path === '/dev/stdin') return stdin;
    throw new Error('Scripts have no files: readFileSync reads the standard input (0 or /dev/stdin) only');
  };
  Object.defineProperty(globalThis, Symbol.for('interchange.fs'), { value: { readFileSync } });
  globalThis.require = (name) => {
    if (name === 'fs' || name === 'node:fs') return { readFileSync };
    if (name === 'process' || name === 'node:process') return process;
    throw new Error("Cannot find the module '" + name + "'");
  };
})
`
