import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/app.css';
import { App } from './app/App';
import { prime } from './app/prime';
import { createQueryClient } from './lib/query-client';

const root = document.getElementById('root');
if (root) {
  const client = createQueryClient();
  // Not awaited at the top: the bundler would then split this module's whole tree into small files.
  void prime(client).then(() => {
    createRoot(root).render(
      <StrictMode>
        <App client={client} />
      </StrictMode>,
    );
  });
}
