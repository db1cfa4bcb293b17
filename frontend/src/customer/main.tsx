import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../styles/app.css';
import { Visit } from './Visit';

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <Visit />
    </StrictMode>,
  );
