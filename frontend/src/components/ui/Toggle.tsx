import type { ComponentProps } from 'react';

interface ToggleProps extends Omit<ComponentProps<'button'>, 'onChange' | 'className' | 'type'> {
  isOn: boolean;
  onChange: (on: boolean) => void;
  label: string;
}

/** A switch with its words beside it; the whole row is the target. */
export function Toggle({ isOn, onChange, label, ...rest }: ToggleProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      onClick={() => onChange(!isOn)}
      className="group inline-flex min-h-9 items-center gap-2.5 rounded-control pr-1 text-left pointer-coarse:min-h-11"
      {...rest}
    >
      <span
        aria-hidden
        className="relative h-5 w-9 shrink-0 rounded-full border border-line-strong bg-sunken group-aria-checked:border-primary group-aria-checked:bg-primary motion-safe:transition-colors motion-safe:duration-[120ms]"
      >
        <span className="absolute top-[2px] left-[2px] size-3.5 rounded-full bg-line-strong group-aria-checked:translate-x-4 group-aria-checked:bg-on-primary motion-safe:transition-transform motion-safe:duration-[120ms]" />
      </span>
      <span>{label}</span>
    </button>
  );
}
