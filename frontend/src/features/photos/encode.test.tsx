import { UnreadablePhotoError, encodePhoto, fitted } from './encode';

afterEach(() => vi.unstubAllGlobals());

describe('encoding on the device', () => {
  it('makes large photos fit and leaves small ones', () => {
    expect(fitted(4000, 3000)).toEqual({ width: 1600, height: 1200 });
    expect(fitted(3000, 4000)).toEqual({ width: 1200, height: 1600 });
    expect(fitted(800, 600)).toEqual({ width: 800, height: 600 });
    expect(fitted(50_000, 10)).toEqual({ width: 1600, height: 1 });
  });

  it('draws the upright picture and hands out a JPEG', async () => {
    const close = vi.fn();
    const asked: unknown[] = [];
    vi.stubGlobal('createImageBitmap', (file: Blob, options: object) => {
      asked.push(options);
      return Promise.resolve({ width: 3000, height: 4000, close, file });
    });
    const drawImage = vi.fn();
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({ drawImage } as unknown as never);
    vi.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation((done, type, quality) => done(new Blob([`${type} ${quality}`], { type: type ?? '' })));

    const { blob, width, height } = await encodePhoto(new Blob(['camera']));

    expect(asked).toEqual([{ imageOrientation: 'from-image' }]);
    expect(drawImage.mock.calls[0]?.slice(1)).toEqual([0, 0, 1200, 1600]);
    expect([width, height, blob.type, await blob.text()]).toEqual([1200, 1600, 'image/jpeg', 'image/jpeg 0.75']);
    expect(close).toHaveBeenCalledOnce();
  });

  it('says so when a file is no picture', async () => {
    vi.stubGlobal('createImageBitmap', () => Promise.reject(new DOMException('no', 'InvalidStateError')));

    await expect(encodePhoto(new Blob(['<svg>']))).rejects.toBeInstanceOf(UnreadablePhotoError);
  });
});
