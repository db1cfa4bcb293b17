import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { BrowserRouter } from 'react-router';
import { Announcer } from '@/components/ui/Announcer';
import { ErrorBoundary } from '@/components/ui/ErrorBoundary';
import { Toasts } from '@/components/ui/Toasts';
import { SessionProvider } from '@/contexts/SessionContext';
import { createQueryClient } from '@/lib/query-client';
import { AppRoutes } from './routes';

export function App() {
  const [client] = useState(createQueryClient);
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
