/** The longest side of what is uploaded, and how well it is encoded: a brake pad stays legible at about 300 kB. */
export const EDGE = 1600;
export const QUALITY = 0.75;

/** The file is no picture that this browser can read. */
export class UnreadablePhotoError extends Error {
  override name = 'UnreadablePhotoError';
}

export interface EncodedPhoto {
  blob: Blob;
  width: number;
  height: number;
}

/**
 * Draws a picture anew, upright and no larger than needed, as JPEG: what the camera wrote beside it, place and time and names,
 * never leaves the device.
 */
export async function encodePhoto(file: Blob): Promise<EncodedPhoto> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    throw new UnreadablePhotoError('unreadable', { cause: error });
  }
  try {
    const { width, height } = fitted(bitmap.width, bitmap.height);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new UnreadablePhotoError('no canvas');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
    if (!blob) throw new UnreadablePhotoError('not encoded');
    return { blob, width, height };
  } finally {
    bitmap.close();
  }
}

/** The size at which a picture fits into EDGE by EDGE; small ones stay as they are. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, EDGE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
