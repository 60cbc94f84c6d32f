// SPDX-License-Identifier: Apache-2.0
// Templates of a register: values with which a new record begins, one's own and shared ones.
import { api } from '$/api/client';
import type { FieldValues, RecordRow, RecordTemplate, Register } from '$/api/types';
import { t, words } from '$/i18n/index.svelte';
import { done } from '$/state/notes.svelte';

export class Templates {
  items = $state.raw<RecordTemplate[]>([]);
  loaded = $state(false);
  error = $state.raw<unknown>(null);
  constructor(readonly register: string) {}

  async load(): Promise<void> {
    try {
      this.items = (await api.get('/registers/{register}/templates', { path: { register: this.register } })).items;
      this.error = null;
      this.loaded = true;
    } catch (error) {
      this.error = error;
    }
  }
  /** With a way back: the same name and values are kept again. */
  async remove(one: RecordTemplate, failed: (error: unknown) => void): Promise<void> {
    await api.delete('/registers/{register}/templates/{template}', { path: { register: this.register, template: one.id } });
    await this.load();
    const again = async () => {
      await api.put('/registers/{register}/templates', { path: { register: this.register }, body: { name: one.name, fields: one.fields, shared: one.shared } });
      await this.load();
    };
    done(t('template.removed', { name: one.name }), { label: t('action.undo'), run: () => void again().catch(failed) });
  }
}

/** What a form takes a new record's first values from. */
export function rowOf(register: Register, fields: FieldValues): RecordRow {
  const now = new Date(0).toISOString();
  return { register: register.id, id: '', revision: 0, title: '', fields, created_at: now, created_by: '', changed_at: now, changed_by: '' };
}

/** "身份证号、照片": what of the record a template does not hold. */
export function leftOutText(register: Register, one: Pick<RecordTemplate, 'left_out'>): string {
  return one.left_out.map(({ field }) => words(register.fields.find((known) => known.key === field)?.name) || field).join(t('list.comma'));
}
