// SPDX-License-Identifier: Apache-2.0
// Lines of a record's history in words, and its revisions with their lines together.
import type { HistoryLine, RecordRow, Register } from '$/api/types';
import { valueText } from '$/forms/values';
import { t, tOr, words } from '$/i18n/index.svelte';
import { stateName } from '$/state/registers.svelte';
import { dueText } from './card';
import { definitionOf, moveName } from './transition';

export interface Revision {
  revision: number;
  actor: string;
  at: string;
  note: string;
  lines: HistoryLine[];
}

/** One entry per revision, in the order of the lines. */
export function revisionsOf(lines: HistoryLine[]): Revision[] {
  const out: Revision[] = [];
  for (const line of lines) {
    const last = out.at(-1);
    if (last?.revision === line.revision) last.lines.push(line);
    else out.push({ revision: line.revision, actor: line.actor, at: line.at, note: line.note ?? '', lines: [line] });
  }
  return out;
}

const own = { state: 'record.state', pending: 'record.waits', removed: 'record.is_removed', input: 'record.input', clock: 'clock.title' } as const;
export function lineName(register: Register, key: string): string {
  if (key in own) return t(own[key as keyof typeof own]);
  return words(register.fields.find((field) => field.key === key)?.name) || key;
}
/** Notes that the program writes itself. */
export function noteText(note: string): string {
  if (/^finding [0-9a-f]{16} verified$/.test(note)) return t('record.note_verified');
  return note === 'drill' ? t('record.note_drill') : note;
}
/** Which step it was and what the person entered. */
function inputText(register: Register, record: RecordRow, line: { transition?: string; input?: Record<string, unknown> }): string {
  const key = line.transition ?? '';
  const definition = definitionOf(register, key);
  const name = definition ? moveName(register, { key, name: definition.name, to: '', allowed: true }) : key;
  const parts = Object.entries(line.input ?? {}).map(([key, value]) => {
    const field = definition?.input?.find((one) => one.key === key);
    if (field) return `${words(field.name)}${t('list.colon')}${valueText(field, value, record.links)}`;
    return `${tOr(`transition_input.${key}`, key)}${t('list.colon')}${String(value)}`;
  });
  return [name, ...parts].join(t('list.semicolon'));
}
/** What a deadline came to. */
function clockText(register: Register, line: { clock?: string; event?: string; due?: string }): string {
  const name = words(register.clocks?.find((one) => one.key === line.clock)?.name) || (line.clock ?? '');
  const event = tOr(`clock_event.${line.event ?? ''}`, line.event ?? '');
  return `${name}${t('list.colon')}${event}${line.due ? `${t('list.comma')}${t('clock.due')} ${dueText(line.due)}` : ''}`;
}
/** A value of the line with that key, before or after. */
export function lineText(register: Register, record: RecordRow, key: string, value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (key === 'state') return stateName(register, String(value));
  if (key === 'removed') return value ? t('word.yes') : t('word.no');
  if (key === 'pending') {
    const asked = (value as { transition?: string }).transition ?? '';
    return words(register.transitions?.find((one) => one.key === asked)?.name) || asked;
  }
  if (key === 'clock') return clockText(register, value as Parameters<typeof clockText>[1]);
  if (key === 'input') return inputText(register, record, value as Parameters<typeof inputText>[2]);
  const field = register.fields.find((one) => one.key === key);
  return field ? valueText(field, value, record.links) : JSON.stringify(value);
}
