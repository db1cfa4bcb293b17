import type { RequestOptions } from '@/api';
import { ApiError, api } from '@/api';
import type { Photo, UploadState } from './types';

/** The server's grid: every chunk but the last has this many bytes. */
export const CHUNK_BYTES = 256 * 1024;

export interface PhotoUpload {
  /** Made on the device, once for a photo: it names the photo wherever the upload goes on. */
  id: string;
  itemId: string;
  blob: Blob;
}

/**
 * Uploads a photo in chunks, from wherever an earlier try was cut off, and returns it once the server keeps it.
 *
 * Nothing is tried again here: what throws leaves the upload as far as it came, and the same call goes on from there. A refusal
 * that no other try mends is an ApiError with status 409 or 422. `options` go with each of its requests.
 */
export async function uploadPhoto(
  { id, itemId, blob }: PhotoUpload,
  onProgress?: (sent: number, total: number) => void,
  options: Pick<RequestOptions, 'signal' | 'session'> = {},
): Promise<Photo> {
  const announced = { id, byteCount: blob.size, contentHash: await hashOf(blob) };
  const path = `/api/photos/${id}`;
  let state = await api.post<UploadState>(`/api/items/${itemId}/photos`, { ...options, body: announced });
  // What arrived broken is forgotten by the server and sent once more.
  for (let left = 2; ; left -= 1) {
    onProgress?.(state.received, blob.size);
    while (state.received < blob.size) {
      const chunk = blob.slice(state.received, state.received + CHUNK_BYTES);
      state = await api.put<UploadState>(`${path}/chunks/${state.received}`, { ...options, body: chunk });
      onProgress?.(state.received, blob.size);
    }
    try {
      return await api.post<Photo>(`${path}/finish`, options);
    } catch (error) {
      if (left === 1 || !(error instanceof ApiError) || !MENDABLE.has(error.code)) throw error;
      state = await api.get<Photo>(path, options);
    }
  }
}

const MENDABLE: ReadonlySet<string> = new Set(['upload_broken', 'upload_incomplete']);

/** The SHA-256 of what will be sent, as hexadecimal digits. */
export async function hashOf(blob: Blob): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
