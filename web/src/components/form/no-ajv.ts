/** In the place of `@rjsf/validator-ajv8`, which RJSF names for tests of its own: it compiles code, and is not installed. */
export default undefined
