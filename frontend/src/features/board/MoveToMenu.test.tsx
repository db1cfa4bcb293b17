import { screen } from '@testing-library/react';
import { makeCard } from '@/testing/boards';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Role } from '@/types';
import { MoveToMenu } from './MoveToMenu';

function open(role: Role): void {
  const nothing = (): void => undefined;
  renderSignedIn(
    <MoveToMenu
      card={makeCard({ status: 'SCHEDULED' })}
      anchor={document.body}
      onMove={nothing}
      onRefused={nothing}
      onReorder={nothing}
      onAssign={nothing}
      onClose={nothing}
    />,
    { role },
  );
}

describe('the menu of a card', () => {
  it('is named after all that it does, and gives every closed state its own reason', () => {
    open('Advisor');
    expect(screen.getByRole('menu', { name: 'Move or assign 2019 Toyota Corolla, Ana Reyes' })).toBeInTheDocument();
    expect(screen.getByRole('menuitem', { name: /^Ready/ })).toHaveTextContent('From In progress or Completed only');
    expect(screen.getByRole('menuitem', { name: /^Completed/ })).toHaveTextContent('From Ready only');
    expect(screen.getByRole('menuitem', { name: 'Assign a technician' })).toBeInTheDocument();
  });
  it('speaks of assigning to nobody who may not', () => {
    open('Tech');
    expect(screen.getByRole('menu', { name: 'Move 2019 Toyota Corolla, Ana Reyes' })).toBeInTheDocument();
    expect(screen.queryByRole('menuitem', { name: /Assign/ })).toBeNull();
  });
});
