// SPDX-License-Identifier: Apache-2.0
// Short notes at the lower edge: what was done, what failed. A failure stays until it is closed.
import { OfflineError } from '$/api/client';
import { said } from '$/i18n/problem';

export interface Note {
  id: number;
  kind: 'done' | 'failed';
  text: string;
  hint?: string;
  /** The server's own sentence. */
  detail?: string;
  action?: { label: string; run: () => void };
  /** Of no more use once the server answers again. */
  offline?: boolean;
}

export const notes = $state<Note[]>([]);
let last = 0;

export function dismiss(id: number): void {
  const at = notes.findIndex((note) => note.id === id);
  if (at >= 0) notes.splice(at, 1);
}

export function done(text: string, action?: Note['action']): void {
  const id = ++last;
  notes.push({ id, kind: 'done', text, action });
  setTimeout(() => dismiss(id), action ? 10_000 : 5000);
}

export function failed(error: unknown): void {
  const offline = error instanceof OfflineError;
  const { title: text, hint, detail } = said(error);
  if (notes.some((note) => note.text === text)) return;
  notes.push({ id: ++last, kind: 'failed', text, hint, detail, offline });
}

/** The server answers again: what said that it does not has had its day. */
export function dismissOffline(): void {
  for (const note of notes.filter((one) => one.offline)) dismiss(note.id);
}
