// SPDX-License-Identifier: Apache-2.0
// The bell: a new finding sounds once by its severity; high and critical ones sound again every
// twenty seconds until somebody has acknowledged them, at whichever station.
import { byNewest, fresh, isActNow, review, rows, severityOrder, type Row } from '$/state/findings.svelte';
import { failed } from '$/state/notes.svelte';
import { may } from '$/state/session.svelte';
import { settings } from '$/state/settings.svelte';
import { play } from './sound';

const kAgainMs = 20_000;

/** New, going on, and loud enough to be acknowledged. */
export function ringing(): Row[] {
  return [...rows.values()]
    .filter((row) => row.status === 'new' && !row.partial && severityOrder[row.severity] >= severityOrder.low)
    .sort((a, b) => severityOrder[b.severity] - severityOrder[a.severity] || byNewest(a, b));
}

export async function acknowledgeAll(list: Row[]): Promise<void> {
  if (!may('review_finding')) return;
  for (const row of list) {
    try {
      await review(row, { kind: 'acknowledge' });
    } catch (error) {
      failed(error);
      return;
    }
  }
}

export function startBell(): () => void {
  const sounded = new Set<string>();
  let again: ReturnType<typeof setInterval> | undefined;
  const stop = $effect.root(() => {
    $effect(() => {
      if (!settings.sound) return;
      const loud = ringing().filter((row) => fresh.has(row.id));
      const next = loud.filter((row) => !sounded.has(row.id));
      next.forEach((row) => sounded.add(row.id));
      if (next[0]) void play(next[0].severity);
      const urgent = loud.find(isActNow);
      clearInterval(again);
      if (urgent) again = setInterval(() => void play(urgent.severity), kAgainMs);
    });
  });
  return () => {
    clearInterval(again);
    stop();
  };
}
