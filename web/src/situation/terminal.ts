// SPDX-License-Identifier: Apache-2.0
// Terminals and names as an officer reads them.
import { t } from '$/i18n/index.svelte';
import { isVessel, kindOf } from '$/map/kinds';

/** "mmsi:412345678/1" as an officer says it. */
export function terminalText(track: string): string {
  const [kind = '', rest = ''] = track.split(':');
  if (!rest) return track;
  const [number, segment] = rest.split('/');
  const name = kind === 'mmsi' ? 'MMSI' : kind === 'beidou' ? t('terminal.beidou') : kind.toUpperCase();
  return `${name} ${number}${segment ? ` (${segment})` : ''}`;
}

/** What stands in the place of a name: a net beacon is named as one, a vessel by its terminal. */
export function titleOf(name: string, kind: number, track: string): string {
  return name || (isVessel(kind) ? terminalText(track) : t(`kind.${kindOf(kind).key}`));
}

/** Characters of a name that AIS can carry. */
const kAisNameLength = 20;
const chinese = /[\u4e00-\u9fff]/;

/**
 * Whether a terminal states another name than the register holds. AIS has no Chinese characters:
 * a name in letters and one in Chinese are compared by their numbers only, and say nothing without.
 */
export function namesDiffer(registered: string, stated: string): boolean {
  const plain = (name: string) => name.toUpperCase().replace(/[^A-Z0-9\u4e00-\u9fff]/g, '');
  const [a, b] = [plain(registered), plain(stated)];
  if (!a || !b || a === b) return false;
  if (chinese.test(a) === chinese.test(b)) return !(stated.length >= kAisNameLength && a.startsWith(b));
  const numbers = (name: string) => (name.replace(/\s/g, '').match(/\d+/g) ?? []).map((number) => number.replace(/^0+/, ''));
  const [ours, theirs] = [numbers(registered), numbers(stated)];
  return ours.length > 0 && theirs.length > 0 && !theirs.some((number) => ours.includes(number));
}
