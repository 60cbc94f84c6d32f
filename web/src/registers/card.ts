// SPDX-License-Identifier: Apache-2.0
// What a small card says of a record, and the clock that presses most.
import type { Field, RecordRow, Register } from '$/api/types';
import { date, dateTime } from '$/i18n/units';
import { dayField } from './views';

export type RecordClock = NonNullable<RecordRow['clocks']>[number];

const kOrder = ['overdue', 'due_soon', 'running', 'paused'];

/** Of the clocks that run or stand still, the one to look at first. */
export function pressing(row: RecordRow): RecordClock | null {
  const open = (row.clocks ?? []).filter((clock) => kOrder.includes(clock.state));
  open.sort((a, b) => kOrder.indexOf(a.state) - kOrder.indexOf(b.state) || String(a.due ?? '9').localeCompare(String(b.due ?? '9')));
  return open[0] ?? null;
}
/** A period ends with its last day at 24:00, and is said so. */
export function dueText(due: string): string {
  const at = dateTime(due, false);
  return at.endsWith(' 00:00') ? `${date(Date.parse(due) - 1)} 24:00` : at;
}
/** Colour of a badge by how a clock stands. */
export function clockTone(state: string): string {
  if (state === 'overdue' || state === 'late') return 'act';
  if (state === 'due_soon') return 'warn';
  return state === 'met' ? 'ok' : '';
}
/** Listed fields beside the title: those that say who and until when first. */
export function cardFields(register: Register): Field[] {
  const listed = register.fields.filter((field) => field.listed && field.key !== register.title_field && !['geometry', 'rows', 'long_text', 'file'].includes(field.type));
  const due = dayField(register, null)?.key;
  const rank = (field: Field) => (field.key === due ? 0 : field.key === register.district_field || ['person', 'unit', 'district'].includes(field.type) ? 1 : field.type === 'text' ? 2 : 3);
  return listed.sort((a, b) => rank(a) - rank(b));
}
