import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import '../styles/app.css';
import { Tablet } from './Tablet';
import { keeper } from './work';
import { registerWorker } from './worker-client';

const root = document.getElementById('root');
if (root) {
  void keeper.start();
  registerWorker();
  createRoot(root).render(
    <StrictMode>
      <BrowserRouter basename="/tech">
        <Tablet />
      </BrowserRouter>
    </StrictMode>,
  );
}
