import { afterEach, describe, expect, it, vi } from 'vitest';
import { announce, registerSpeaker } from './announce';

describe('announce', () => {
  afterEach(() => vi.useRealTimers());

  it('speaks in the innermost region only', () => {
    const heard: string[] = [];
    const leavePage = registerSpeaker((sentence) => heard.push(`page: ${sentence}`));
    const leaveSheet = registerSpeaker((sentence) => heard.push(`sheet: ${sentence}`));
    announce('Saved');
    expect(heard).toEqual(['sheet: Saved']);
    leaveSheet();
    leavePage();
  });

  it('hands on what was said by a region that leaves at once', () => {
    const heard: string[] = [];
    const leavePage = registerSpeaker((sentence) => heard.push(sentence));
    const leaveSheet = registerSpeaker(() => undefined);
    announce('Moved');
    leaveSheet();
    expect(heard).toEqual(['Moved']);
    leavePage();
  });

  it('does not repeat what had its time to be heard', () => {
    vi.useFakeTimers();
    const heard: string[] = [];
    const leavePage = registerSpeaker((sentence) => heard.push(sentence));
    const leaveSheet = registerSpeaker(() => undefined);
    announce('Moved');
    vi.advanceTimersByTime(600);
    leaveSheet();
    expect(heard).toEqual([]);
    leavePage();
  });
});
