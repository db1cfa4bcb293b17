import { render, screen } from '@testing-library/react';
import { useRef } from 'react';
import { useKeptFocus } from './useKeptFocus';

/** Places that are given to other things, as a month's rows are. */
function Places({ stops }: { stops: readonly string[] }) {
  const surface = useRef<HTMLDivElement>(null);
  useKeptFocus(surface, null);
  return (
    <div ref={surface}>
      {stops.map((stop, place) => (
        <button key={place} type="button" data-stop={stop} tabIndex={place === 0 ? 0 : -1}>
          {stop}
        </button>
      ))}
    </div>
  );
}
const part = (name: string) => screen.getByRole('button', { name });

it('goes with a thing to the place that is its now, and else to the way in', () => {
  const { rerender } = render(<Places stops={['day', 'oil', 'brakes']} />);
  part('oil').focus();
  rerender(<Places stops={['day', 'tires', 'oil', 'brakes']} />);
  expect(part('oil')).toHaveFocus();
  rerender(<Places stops={['next', 'wipers', 'lamp']} />);
  expect(part('next')).toHaveFocus();
});

it('enters a place again that is something else now, so that it is read out', () => {
  const { rerender } = render(<Places stops={['day', 'oil']} />);
  part('day').focus();
  const entered: (string | undefined)[] = [];
  document.addEventListener('focusin', ({ target }) => entered.push((target as HTMLElement).dataset.stop));
  rerender(<Places stops={['next', 'tires']} />);
  expect(part('next')).toHaveFocus();
  rerender(<Places stops={['next', 'tires']} />);
  expect(entered).toEqual(['next']);
});
