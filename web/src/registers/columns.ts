// SPDX-License-Identifier: Apache-2.0
// Columns of a register's list: number, listed fields, state, last change. Keys that begin with #
// are no fields; kServerKeys says what the server calls them.
import type { RecordRow, Register } from '$/api/types';
import type { Column } from '$/forms/table';
import { t, words } from '$/i18n/index.svelte';
import { unitText } from '$/i18n/units';

// The server sorts; the marker only says that it can.
const byServer = (): string => '';

const kServerKeys: Record<string, string> = { '#': 'number', '#state': 'state', '#changed': 'changed_at' };

/** What the server is asked to sort by: newest numbers first, or names, unless a column is chosen. */
export function serverSort(register: Register, chosen: string | null): string | null {
  const title = register.fields.find((field) => field.key === register.title_field && !field.sight);
  if (!chosen) return register.numbered ? '-number' : (title?.key ?? null);
  const down = chosen.startsWith('-');
  const key = down ? chosen.slice(1) : chosen;
  return (down ? '-' : '') + (kServerKeys[key] ?? key);
}

export function columnsOf(register: Register): Column<RecordRow>[] {
  const columns: Column<RecordRow>[] = [];
  if (register.numbered) columns.push({ key: '#', title: t('record.number'), sort: byServer, fixed: true, width: '8rem' });
  let listed = register.fields.filter((field) => field.listed && field.type !== 'geometry');
  if (listed.length === 0) listed = register.fields.slice(0, 6);
  if (!listed.some((field) => field.key === register.title_field)) columns.push({ key: '#title', title: t('record.title'), fixed: true });
  for (const field of listed) {
    columns.push({
      key: field.key,
      title: words(field.name) + (field.unit ? ` (${unitText(field.unit)})` : ''),
      sort: ['rows', 'links', 'link', 'choices', 'file'].includes(field.type) || field.sight ? undefined : byServer,
      right: field.type === 'number' || field.type === 'integer' || field.type === 'money',
      fixed: field.key === register.title_field,
    });
  }
  if (register.states.length > 0) columns.push({ key: '#state', title: t('record.state'), sort: byServer, fixed: true, width: '7rem' });
  columns.push({ key: '#changed', title: t('record.changed_at'), sort: byServer, width: '7rem', spare: 1 });
  return columns;
}
