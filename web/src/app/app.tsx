import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Suspense } from 'react'
import { Notices } from '../components/notify.tsx'
import { ApiError } from '../hub/client.ts'
import { createAppRouter } from './router.tsx'
import { cssVariables, theme } from './theme.ts'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Live updates say what changed; reading again at each glance would be for nothing.
      staleTime: 30_000,
      refetchOnWindowFocus: true,
      // What was refused stays refused. A hub that restarts is back within seconds.
      retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
      retryDelay: (count) => 400 * 2 ** count,
    },
  },
})
const router = createAppRouter(queries)

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Suspense><Notices /></Suspense>
      </QueryClientProvider>
    </MantineProvider>
  )
}
