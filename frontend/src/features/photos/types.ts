/** What is drawn on a photo, in fractions of its width and height: an arrow to (x2, y2), or a circle between two corners. */
export interface Annotation {
  kind: 'arrow' | 'circle';
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** How much of an upload the server has without a gap. */
export interface UploadState {
  id: string;
  received: number;
  storedAt: string | null;
}

export interface Photo extends UploadState {
  itemId: string;
  byteCount: number;
  contentHash: string;
  width: number | null;
  height: number | null;
  annotations: Annotation[];
  version: number;
  createdAt: string;
  url: string | null;
  thumbnailUrl: string | null;
}
