// SPDX-License-Identifier: Apache-2.0
// The ways of looking at one register, as far as its definition has what they need, and what they
// read of a record: when it is and where.
import type { Field, RecordRow, Register } from '$/api/types';
import type { IconName } from '$/shell/parts/icons';
import { date } from '$/i18n/units';

export type ViewKind = 'list' | 'board' | 'calendar' | 'timeline' | 'map';
export const viewIcons: Record<ViewKind, IconName> = { list: 'list', board: 'columns', calendar: 'calendar', timeline: 'timeline', map: 'situation' };

const kTimes = ['date', 'instant', 'period'];
const seen = (field: Field) => !field.sight;

/** Days and instants of a record that the person sees in full. */
export function timeFields(register: Register): Field[] {
  return register.fields.filter((field) => kTimes.includes(field.type) && seen(field));
}
export function placeField(register: Register): Field | undefined {
  return register.fields.find((field) => field.type === 'geometry' && seen(field));
}

export interface SpanFields {
  from: Field;
  to?: Field;
}
/** Two fields of which one is declared to be after the other; else a period; else the first and the
 *  last day of the list; else each by itself. */
export function spanFields(register: Register, key: string | null): SpanFields | null {
  const all = timeFields(register);
  const chosen = all.find((field) => field.key === key);
  const listed = all.filter((field) => field.listed && field.type === 'date');
  const pair = listed.length > 1 ? { from: listed[0]!, to: listed.at(-1)! } : null;
  if (chosen) {
    const to = all.find((field) => field.after === chosen.key && field.type === chosen.type);
    return { from: chosen, to: to ?? (pair?.from.key === chosen.key ? pair.to : undefined) };
  }
  for (const to of all) {
    const from = all.find((field) => field.key === to.after && field.type === to.type);
    if (from) return { from, to };
  }
  const first = all.find((field) => field.type === 'period');
  if (first) return { from: first };
  return pair ?? (all[0] ? { from: all.find((field) => field.listed) ?? all[0] } : null);
}

/** By which day a calendar is made unless one is chosen: what is due, not what has begun. */
export function dayField(register: Register, key: string | null): Field | undefined {
  const all = timeFields(register).filter((field) => field.type !== 'period');
  const listed = all.filter((field) => field.listed);
  return all.find((field) => field.key === key) ?? listed.find((field) => field.after) ?? listed.at(-1) ?? all[0];
}

export function viewsOf(register: Register): ViewKind[] {
  const out: ViewKind[] = ['list'];
  if (register.states.length > 1) out.push('board');
  if (timeFields(register).some((field) => field.type !== 'period')) out.push('calendar');
  if (timeFields(register).length > 0) out.push('timeline');
  if (placeField(register)) out.push('map');
  return out;
}

/** A day of the authority's zone as a number of days since 1970; null for what is no day. */
export function dayNumber(day: string): number | null {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(day) && Number.isFinite(ms) ? Math.round(ms / 86_400_000) : null;
}
export function dayText(number: number): string {
  return new Date(number * 86_400_000).toISOString().slice(0, 10);
}
/** The day on which a value of a date or instant falls. */
export function dayOf(field: Field, value: unknown): string | null {
  if (typeof value !== 'string' || !value) return null;
  return field.type === 'instant' ? date(value) : value.slice(0, 10);
}

export interface Span {
  /** Days since 1970; null = open to that side. */
  first: number | null;
  last: number | null;
}
export function spanOf(fields: SpanFields, row: RecordRow): Span | null {
  const value = row.fields[fields.from.key];
  if (fields.from.type === 'period') {
    const [from = '', to = ''] = typeof value === 'string' ? value.split('/') : [];
    return from || to ? { first: dayNumber(from), last: dayNumber(to) } : null;
  }
  const first = dayNumber(dayOf(fields.from, value) ?? '');
  if (!fields.to) return first === null ? null : { first, last: first };
  const last = dayNumber(dayOf(fields.to, row.fields[fields.to.key]) ?? '');
  if (first !== null && last !== null && last < first) return { first, last: first };
  return first === null && last === null ? null : { first, last };
}

/** Weeks of a month from Monday on, as days: those of the months before and after fill them. */
export function monthDays(month: string): string[] {
  const first = dayNumber(`${month}-01`)!;
  const weekday = (first + 3) % 7; // 1970-01-01 was a Thursday; 0 = Monday
  const [year, number] = month.split('-').map(Number) as [number, number];
  const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const weeks = Math.ceil((weekday + length) / 7);
  return Array.from({ length: weeks * 7 }, (_, i) => dayText(first - weekday + i));
}
export function monthBefore(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** CQL2 of the records of which a field falls on these days, both included. */
export function withinDays(field: Field, first: string, last: string): string {
  const bound = (day: string, end: boolean) => (field.type === 'instant' ? `TIMESTAMP('${day}T${end ? '23:59:59.999' : '00:00:00'}+08:00')` : `DATE('${day}')`);
  return `${field.key} BETWEEN ${bound(first, false)} AND ${bound(last, true)}`;
}
