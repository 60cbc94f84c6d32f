// SPDX-License-Identifier: Apache-2.0
// Columns of a register's list: number, listed fields, state, last change. Keys that begin with #
// are no fields.
import type { RecordRow, Register } from '$/api/types';
import type { Column } from '$/forms/table';
import { t, words } from '$/i18n/index.svelte';

// The server sorts; the marker only says that it can.
const byServer = (): string => '';

export function columnsOf(register: Register): Column<RecordRow>[] {
  const columns: Column<RecordRow>[] = [];
  if (register.numbered) columns.push({ key: '#', title: t('record.number'), fixed: true, width: '8rem' });
  let listed = register.fields.filter((field) => field.listed && field.type !== 'geometry');
  if (listed.length === 0) listed = register.fields.slice(0, 6);
  if (!listed.some((field) => field.key === register.title_field)) columns.push({ key: '#title', title: t('record.title'), fixed: true });
  for (const field of listed) {
    columns.push({
      key: field.key,
      title: words(field.name) + (field.unit ? ` (${field.unit})` : ''),
      sort: ['rows', 'links', 'link', 'choices'].includes(field.type) ? undefined : byServer,
      right: field.type === 'number' || field.type === 'integer' || field.type === 'money',
      fixed: field.key === register.title_field,
    });
  }
  if (register.states.length > 0) columns.push({ key: '#state', title: t('record.state'), width: '7rem' });
  columns.push({ key: '#changed', title: t('record.changed_at'), width: '7rem' });
  return columns;
}
