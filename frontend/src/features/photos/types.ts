import type { PhotoMark } from '@/components/ui/PhotoMarks';

export type { Photo, UploadState } from '@/types';

/** A photo as the strip shows it: kept by the server, or still on the device with addresses of its own (`blob:`). */
export interface ShownPhoto {
  id: string;
  width: number | null;
  height: number | null;
  annotations: readonly PhotoMark[];
  url: string | null;
  thumbnailUrl: string | null;
  /** Missing while the server has not seen the photo. */
  version?: number | undefined;
  /** How far its upload is, 0 to 1; null waits for the network, missing is saved in the shop. */
  progress?: number | null | undefined;
  /** Why it was refused, in words. */
  problem?: string | undefined;
}
