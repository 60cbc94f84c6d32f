// SPDX-License-Identifier: Apache-2.0
// Filters of a register as they stand in the address ("state=open", "f.district=rongcheng",
// "f.clock=overdue") and as the server takes them.
import type { Field, Register } from '$/api/types';
import { t, tOr, words } from '$/i18n/index.svelte';
import { codeOptions, type Option } from '$/forms/pick';
import { choiceName, stateName } from '$/state/registers.svelte';
import { unitName, units } from '$/state/units.svelte';

const kPrefix = 'f.';
/** How the clocks of a record may stand (docs/format/register.md). */
const kClocks = ['overdue', 'due_soon', 'running', 'paused', 'met', 'late'];

export interface Chip {
  key: string;
  value: string;
  label: string;
}

export function filtersOf(query: URLSearchParams): Record<string, string> {
  const out: Record<string, string> = {};
  const state = query.get('state');
  if (state) out.state = state;
  for (const [name, value] of query) if (name.startsWith(kPrefix) && value) out[name.slice(kPrefix.length)] = value;
  return out;
}
/** The member of the address that holds the filter by `key`. */
export function memberOf(key: string): string {
  return key === 'state' ? 'state' : kPrefix + key;
}

const kTypes = ['choice', 'choices', 'boolean', 'unit', 'district'];
export function filterFields(register: Register): Field[] {
  return register.fields.filter((field) => kTypes.includes(field.type) && !field.sight);
}
/** What may be chosen for a field; the states and the clocks are asked by their own keys. */
export function valuesOf(register: Register, key: string): Option[] {
  const option = (one: string, label: string): Option => ({ key: one, label, depth: 0 });
  if (key === 'state') return register.states.map((state) => option(state.key, words(state.name)));
  if (key === 'clock') return kClocks.map((one) => option(one, tOr(`clock.${one}`, one)));
  const field = register.fields.find((one) => one.key === key);
  if (!field) return [];
  if (field.type === 'boolean') return [option('true', t('word.yes')), option('false', t('word.no'))];
  if (field.type === 'unit' || field.type === 'district') return units.items.map((unit) => option(unit.key, words(unit.name)));
  return codeOptions(field);
}
export function filterName(register: Register, key: string): string {
  if (key === 'state') return t('record.state');
  if (key === 'clock') return t('filter.clock');
  return words(register.fields.find((field) => field.key === key)?.name) || key;
}
export function chipsOf(register: Register, filters: Record<string, string>): Chip[] {
  return Object.entries(filters).map(([key, value]) => ({ key, value, label: valueName(register, key, value) }));
}
/** "overdue", "due_in_3", or of one clock "due:overdue". */
function clockName(register: Register, value: string): string {
  const [state = '', key] = value.split(':').reverse();
  const within = /^due_in_(\d+)$/.exec(state)?.[1];
  const text = within ? t('clock.due_in', { n: within }) : tOr(`clock.${state}`, state);
  const name = words(register.clocks?.find((one) => one.key === key)?.name) || key;
  return name ? `${name}${t('list.colon')}${text}` : text;
}
function valueName(register: Register, key: string, value: string): string {
  if (key === 'state') return stateName(register, value);
  if (key === 'clock') return clockName(register, value);
  const field = register.fields.find((one) => one.key === key);
  if (field?.type === 'boolean') return value === 'true' ? t('word.yes') : t('word.no');
  if (field?.type === 'unit' || field?.type === 'district') return unitName(value);
  return choiceName(field, value);
}
