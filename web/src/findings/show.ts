// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '$/api/types';
import { goBackTo } from '$/state/route.svelte';
import { keyOf, wish } from '$/state/selection.svelte';

/** Opens the map at a finding with its vessel selected. */
export function showFinding(row: Finding): void {
  const subject = row.subjects[0];
  const key = subject && (subject.kind === 'vessel' || subject.kind === 'track') ? subject.id : null;
  goBackTo('situation', key ? { sel: subject?.handle !== undefined ? keyOf(subject.handle) : key } : {});
  if (row.lat !== undefined && row.lon !== undefined) wish.go = { lat: row.lat, lon: row.lon, zoom: 11.5 };
}
