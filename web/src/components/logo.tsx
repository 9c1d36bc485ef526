import { Box } from '@mantine/core'

/** Of a connector: decoration beside its name. */
export function Logo({ src, size = 28 }: { src: string | undefined, size?: number }) {
  return (
    <Box className="app-logo" style={{ width: size, height: size, padding: Math.round(size / 7) }} aria-hidden>
      {src !== undefined && <img src={src} alt="" loading="lazy" width={size} height={size} />}
    </Box>
  )
}
