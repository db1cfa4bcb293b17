import { brandTones } from '@/lib/brand';
import { useTheme } from '@/lib/theme';

/** A key tag on a tile of the shop's colour, which is named beside it or, where there is no room, by it. */
export function Mark({ color, name, size = 32 }: { color: string; name?: string | undefined; size?: number }) {
  const { ground, ink } = brandTones(color, useTheme().resolved);
  return (
    <svg
      viewBox="0 0 32 32"
      width={size}
      height={size}
      data-brand
      className="shrink-0"
      {...(name === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name })}
    >
      {name === undefined ? null : <title>{name}</title>}
      <rect width="32" height="32" rx="8" fill={ground} />
      <path d="M11 6.5h10a2.5 2.5 0 0 1 2.5 2.5v13.5L16 26.5l-7.5-4V9A2.5 2.5 0 0 1 11 6.5Z" fill={ink} />
      <circle cx="16" cy="11.5" r="2.4" fill={ground} />
      <path d="M12.5 17.5h7M12.5 20.5h4.5" stroke={ground} strokeWidth="1.8" strokeLinecap="round" />
    </svg>
  );
}
