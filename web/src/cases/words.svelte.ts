// SPDX-License-Identifier: Apache-2.0
// Cases in English: the register holds what the program wrote in Chinese (the official text); the
// finding that made the case holds both languages. What a person has changed stays as written.
import { SvelteMap } from 'svelte/reactivity';
import { api } from '$/api/client';
import { language } from '$/i18n/index.svelte';
import { rows } from '$/state/findings.svelte';

interface Both {
  zh: string;
  en: string;
}
interface Told {
  title: Both;
  reason: Both;
}
interface CaseRow {
  title?: string;
  fields?: { [key: string]: unknown };
}

const asked = new SvelteMap<string, Told | null>();

function told(id: unknown): Told | null {
  if (typeof id !== 'string' || id === '') return null;
  const held = rows.get(id) as { title: Both; reason?: Both } | undefined;
  // A row that came with the stream has no reason yet.
  if (held?.reason?.zh) return { title: held.title, reason: held.reason };
  return asked.get(id) ?? null;
}

/** Not while something is computed: it changes what is known. */
async function ask(id: string): Promise<void> {
  if (asked.has(id)) return;
  asked.set(id, null);
  try {
    const finding = await api.get('/findings/{finding}', { path: { finding: id } });
    asked.set(id, { title: finding.title as Both, reason: finding.reason as Both });
  } catch {
    // Not for this person, or gone: the Chinese text stays.
  }
}

/** "疑似休渔期离港：演练渔0001" -> "Suspected departure ...: 演练渔0001". */
export function caseTitle(row: CaseRow): string {
  const title = row.title ?? '';
  if (language.now === 'zh') return title;
  const at = title.indexOf('：');
  const zh = at < 0 ? title : title.slice(0, at);
  const id = row.fields?.finding;
  const own = told(id);
  const known = own?.title.zh === zh ? own.title : [...rows.values()].find((one) => one.title.zh === zh)?.title;
  if (known?.en) return at < 0 ? known.en : `${known.en}: ${title.slice(at + 1)}`;
  if (typeof id === 'string' && id && !asked.has(id)) queueMicrotask(() => void ask(id));
  return title;
}

/** The facts in English, when they are still those of the finding. */
export function caseFacts(row: CaseRow): string | null {
  const [facts, id] = [row.fields?.facts, row.fields?.finding];
  if (language.now === 'zh' || typeof facts !== 'string' || facts === '') return null;
  const own = told(id);
  if (!own && typeof id === 'string' && id && !asked.has(id)) queueMicrotask(() => void ask(id));
  return own && own.reason.zh === facts && own.reason.en ? own.reason.en : null;
}
