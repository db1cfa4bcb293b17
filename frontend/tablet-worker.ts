import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const HTML = 'tech.html';
const WORKER = 'tech-worker.js';
const MARK = '@@TABLET@@';
/** What the page needs besides what its own modules bring along. */
const PUBLIC = ['theme.js', 'favicon.svg', 'tech.webmanifest', 'icons/tech-180.png', 'icons/tech-192.png', 'icons/tech-512.png', 'icons/tech-mask-512.png'];

/** Writes into the tablet's worker which files the page is made of, and a version that changes with any of them. */
export function tabletWorker(): Plugin {
  return {
    name: 'keytag-tablet-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
        const worker = chunks.find((one) => one.fileName === WORKER);
        const entry = chunks.find((one) => one.facadeModuleId?.endsWith(HTML));
        const html = bundle[HTML];
        if (!worker || !entry || html?.type !== 'asset') throw new Error('The tablet’s page or its worker is missing.');

        const files = new Set<string>();
        const take = (fileName: string): void => {
          const chunk = bundle[fileName];
          if (files.has(fileName) || chunk?.type !== 'chunk') return;
          files.add(fileName);
          for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style);
          for (const next of [...chunk.imports, ...chunk.dynamicImports]) take(next);
        };
        take(entry.fileName);

        const hash = createHash('sha256').update(html.source);
        for (const name of PUBLIC) hash.update(await readFile(join('public', name)));
        for (const name of files) hash.update(name);
        const list = ['/tech', ...[...files].sort().map((name) => `/${name}`), ...PUBLIC.map((name) => `/${name}`)];
        worker.code = worker.code.replace(/export\s*\{\s*\};?/, '').replace(MARK, [hash.digest('hex').slice(0, 16), ...list].join('|'));
      },
    },
  };
}
