import type { QueryClient } from '@tanstack/react-query';
import { QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter } from 'react-router';
import { Announcer } from '@/components/ui/Announcer';
import { ErrorBoundary } from '@/components/ui/ErrorBoundary';
import { Toasts } from '@/components/ui/Toasts';
import { SessionProvider } from '@/contexts/SessionContext';
import { AppRoutes } from './routes';

export function App({ client }: { client: QueryClient }) {
  return (
    <QueryClientProvider client={client}>
      <BrowserRouter>
        <SessionProvider>
          <ErrorBoundary>
            <AppRoutes />
          </ErrorBoundary>
          <Announcer />
          <Toasts />
        </SessionProvider>
      </BrowserRouter>
    </QueryClientProvider>
  );
}
