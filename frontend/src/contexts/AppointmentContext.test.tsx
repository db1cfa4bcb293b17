import { act, screen } from '@testing-library/react';
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { renderSignedIn } from '@/testing/render-signed-in';
import { useAppointmentActions, useOpenAppointment } from './AppointmentContext';

let hands: ReturnType<typeof useAppointmentActions>;
const visited: string[] = [];

function Page() {
  const { openId, isCreating } = useOpenAppointment();
  const location = useLocation();
  const address = `${location.pathname}${location.search}`;
  const actions = useAppointmentActions();
  useEffect(() => {
    hands = actions;
    visited.push(address);
  }, [actions, address]);
  return <p>{openId ?? (isCreating ? 'form' : 'closed')}</p>;
}
function openPage(at = '/board') {
  visited.length = 0;
  renderSignedIn(<Page />, { at });
}
const shows = (text: string) => expect(screen.getAllByText(/./).at(-1)).toHaveTextContent(text);

it('comes back to the page as it was, whatever one did in it', () => {
  openPage();
  act(() => hands.open('one'));
  shows('one');
  act(() => hands.setTab('history'));
  act(() => hands.replace('two'));
  act(() => hands.close());
  shows('closed');
  expect(visited.at(-1)).toBe('/board');
  act(() => hands.create({ techId: 'marcus' }));
  shows('form');
  act(() => hands.closeCreate());
  shows('closed');
  expect(visited.at(-1)).toBe('/board');
});

it('closes what a link brought without leaving the page', () => {
  openPage('/board?day=2026-11-20&open=one');
  shows('one');
  act(() => hands.close());
  shows('closed');
  expect(visited.at(-1)).toBe('/board?day=2026-11-20');
});

it('closes all at once what was opened over something open, and two presses close once', () => {
  openPage();
  act(() => hands.open('one'));
  act(() => hands.open('two'));
  act(() => {
    hands.close();
    hands.close();
  });
  shows('closed');
  expect(visited.at(-1)).toBe('/board');
});
