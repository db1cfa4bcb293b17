import { api } from '@/api';
import type { Query } from '@/api';

export interface Progress {
  rows: number;
  /** About how many there will be. */
  total: number;
}

const LINE_END = 10;

/** The name that the server gives the file. */
function nameOf(response: Response, otherwise: string): string {
  return /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? otherwise;
}

/** Fetches a file while it is made, tells how far it is, and hands it to the browser once it is whole. Returns its rows. */
export async function download(path: string, query: Query, options: { signal: AbortSignal; onProgress: (progress: Progress) => void }): Promise<number> {
  const response = await api.receive(path, { query, signal: options.signal });
  const total = Number(response.headers.get('X-Total-Rows') ?? '0');
  const reader = response.body?.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  // The head is no row.
  let rows = -1;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    for (const byte of value) if (byte === LINE_END) rows += 1;
    options.onProgress({ rows: Math.max(0, rows), total: Math.max(total, rows) });
  }
  save(new Blob(pieces, { type: 'text/csv' }), nameOf(response, 'export.csv'));
  return Math.max(0, rows);
}

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has read it by then.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
