// SPDX-License-Identifier: Apache-2.0
// Who was here: the vessels that were inside an area in a stretch of time, as the archive holds it.
import { api } from '$/api/client';
import type { Visit, Visits, VesselKind } from '$/api/types';
import { t, tOr } from '$/i18n/index.svelte';
import { dateTime } from '$/i18n/units';
import { csv, download } from '$/forms/table';
import { kindNumber } from '$/map/kinds';
import { questionOf, type Ring } from './area';
import type { Period } from './period';
import { terminalText } from './terminal';

export type WhoOrder = 'first' | 'inside' | 'name';
export const whoOrders: WhoOrder[] = ['first', 'inside', 'name'];

export class Who {
  answer = $state.raw<Visits | null>(null);
  loading = $state(false);
  error = $state<unknown>(null);

  private m_abort: AbortController | null = null;

  async ask(ring: Ring, period: Period, kind: VesselKind | ''): Promise<void> {
    this.m_abort?.abort();
    const abort = (this.m_abort = new AbortController());
    this.loading = true;
    this.error = null;
    try {
      const answer = await api.get('/archive/visits', {
        query: {
          ...questionOf(ring), from: new Date(period.from).toISOString(), to: new Date(period.to).toISOString(),
          kind: kind || undefined,
        },
        signal: abort.signal,
      });
      if (!abort.signal.aborted) this.answer = answer;
    } catch (error) {
      if (!abort.signal.aborted) {
        this.error = error;
        this.answer = null;
      }
    } finally {
      if (!abort.signal.aborted) this.loading = false;
    }
  }

  stop(): void {
    this.m_abort?.abort();
    this.loading = false;
  }
  clear(): void {
    this.stop();
    this.answer = null;
    this.error = null;
  }
}

export function ordered(visits: readonly Visit[], order: WhoOrder): Visit[] {
  const out = [...visits];
  if (order === 'inside') out.sort((a, b) => b.inside_s - a.inside_s);
  else if (order === 'name') out.sort((a, b) => a.name.localeCompare(b.name, 'zh-CN', { numeric: true }));
  return out;
}

export const visitKey = (visit: Visit): string => visit.vessel_id ?? visit.tracks[0] ?? '';
export const visitKind = (visit: Visit): number => kindNumber(visit.kind);

/** With the headings of the language of the screen; times in the authority's zone. */
export function exportVisits(visits: readonly Visit[], period: Period): void {
  const head = ['name', 'kind', 'side', 'district', 'terminals', 'first', 'last', 'inside', 'stays', 'positions'] as const;
  const rows = visits.map((one) => [
    one.name, t(`kind.${one.kind}` as never), one.side_number ?? '', one.district ? tOr(`district.${one.district}`, one.district) : '',
    one.tracks.map(terminalText).join(' '), dateTime(one.first), dateTime(one.last), Math.round(one.inside_s / 60), one.stays, one.positions,
  ]);
  const day = (time: number) => dateTime(time, false).replace(/[-: ]/g, '');
  download(`${t('who.file')}-${day(period.from)}-${day(period.to)}.csv`, 'text/csv;charset=utf-8', csv([head.map((one) => t(`who.csv_${one}`)), ...rows]));
}
