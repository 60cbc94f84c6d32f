// SPDX-License-Identifier: Apache-2.0
import { t } from '$/i18n/index.svelte';

/** "mmsi:412345678/1" as an officer says it. */
export function terminalText(track: string): string {
  const [kind = '', rest = ''] = track.split(':');
  const [number, segment] = rest.split('/');
  const name = kind === 'mmsi' ? 'MMSI' : kind === 'beidou' ? t('terminal.beidou') : kind.toUpperCase();
  return `${name} ${number}${segment ? ` (${segment})` : ''}`;
}
