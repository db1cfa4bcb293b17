import type { ReactNode } from 'react';
import type { ShownPhoto } from './types';

interface FrameProps {
  photo: ShownPhoto;
  url: string;
  alt: string;
  onError?: () => void;
  /** Lies exactly above the picture. */
  children: ReactNode;
}

/** A photo as large as fits, with a layer of the same size above it. */
export function Frame({ photo, url, alt, onError, children }: FrameProps) {
  const { width, height } = photo;
  return (
    <div className="[container-type:size] flex min-h-0 flex-1 items-center justify-center bg-sunken">
      <div
        className="relative max-h-full max-w-full"
        style={width && height ? { aspectRatio: `${width} / ${height}`, width: `min(100cqw, ${(100 * width) / height}cqh)` } : undefined}
      >
        <img src={url} alt={alt} draggable={false} className="size-full object-contain" onError={onError} />
        {children}
      </div>
    </div>
  );
}
