/// <reference types="vitest/config" />
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';
import { tabletWorker } from './tablet-worker.ts';

const require = createRequire(import.meta.url);
const swaggerUi = dirname(require.resolve('swagger-ui-dist/package.json'));
const redoc = dirname(require.resolve('redoc/package.json'));

/** The pages under /api/docs load these from our own server, so that they work without the internet and under our policy. */
const DOCS_ASSETS = [
  join(swaggerUi, 'swagger-ui.css'),
  join(swaggerUi, 'swagger-ui-bundle.js'),
  join(swaggerUi, 'swagger-ui-standalone-preset.js'),
  join(redoc, 'bundles', 'redoc.standalone.js'),
];

// ReDoc signs its page with a picture from its maker's server, which our policy blocks; ours stands there instead.
const FOREIGN_PICTURE = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const readAsset = async (file: string): Promise<string> => (await readFile(file, 'utf8')).replaceAll(FOREIGN_PICTURE, '/favicon.svg');

function docsAssets(): Plugin {
  return {
    name: 'keytag-docs-assets',
    async writeBundle(options) {
      const folder = join(options.dir ?? 'dist', 'docs-assets');
      await mkdir(folder, { recursive: true });
      await Promise.all(DOCS_ASSETS.map(async (file) => writeFile(join(folder, basename(file)), await readAsset(file))));
    },
    configureServer(server) {
      server.middlewares.use('/docs-assets', (request, response, next) => {
        const file = DOCS_ASSETS.find((path) => `/${basename(path)}` === request.url);
        if (!file) return next();
        readAsset(file).then((text) => response.end(text), next);
      });
    },
  };
}

const backend = process.env.KEYTAG_BACKEND ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react(), tailwindcss(), docsAssets(), tabletWorker()],
  resolve: { alias: { '@': resolve(import.meta.dirname, 'src') } },
  server: { proxy: { '/api': { target: backend }, '/c/': backend, '/visit': backend, '/healthz': backend, '/version': backend } },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // Inlined data: addresses would need holes in the content security policy.
    assetsInlineLimit: 0,
    manifest: true,
    sourcemap: false,
    // The page of who holds a signed link is an entry of its own: it must be small.
    rollupOptions: {
      input: {
        index: resolve(import.meta.dirname, 'index.html'),
        customer: resolve(import.meta.dirname, 'customer.html'),
        wall: resolve(import.meta.dirname, 'wall.html'),
        tech: resolve(import.meta.dirname, 'tech.html'),
        'tech-worker': resolve(import.meta.dirname, 'src/tablet/worker.ts'),
      },
      // A worker is known by its address.
      output: { entryFileNames: (chunk) => (chunk.name === 'tech-worker' ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
  test: {
    globals: true,
    css: false,
    pool: 'threads',
    // One for each processor; left alone it keeps one free.
    maxWorkers: '100%',
    // A page and its document are slow to make: only tests that end in .tsx get one.
    projects: [
      { extends: true, test: { name: 'rules', environment: 'node', include: ['src/**/*.test.ts'], setupFiles: ['src/testing/words.ts'] } },
      { extends: true, test: { name: 'screens', environment: 'jsdom', include: ['src/**/*.test.tsx'], setupFiles: ['src/testing/words.ts', 'src/testing/setup.ts'] } },
    ],
    testTimeout: 15_000,
    env: { TZ: 'UTC' },
  },
});
