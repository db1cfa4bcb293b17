import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../styles/app.css';
import { WallScreen } from './WallScreen';

// Everything is measured in rem: the screen looks the same on 1920 × 1080 and on four times as many dots.
document.documentElement.style.fontSize = 'max(10px, 100vw / 120)';

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <WallScreen />
    </StrictMode>,
  );
}
