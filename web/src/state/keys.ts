// SPDX-License-Identifier: Apache-2.0
// Keys: Esc closes what was opened last; letters go to the list or page that asked last. Typing in a
// field keeps its letters.
type Handler = (event: KeyboardEvent) => void;

const escapes: (() => void)[] = [];
const keymaps: Record<string, Handler>[] = [];

function remove<T>(list: T[], item: T): void {
  const at = list.lastIndexOf(item);
  if (at >= 0) list.splice(at, 1);
}

/** Calls `close` on Esc while it is the last one opened; returns what ends it. */
export function onEscape(close: () => void): () => void {
  escapes.push(close);
  return () => remove(escapes, close);
}

export function onKeys(map: Record<string, Handler>): () => void {
  keymaps.push(map);
  return () => remove(keymaps, map);
}

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

export function startKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      if (inField(event.target)) (event.target as HTMLElement).blur();
      escapes.at(-1)?.();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
    for (let i = keymaps.length - 1; i >= 0; --i) {
      const handler = keymaps[i]![event.key];
      if (!handler) continue;
      event.preventDefault();
      handler(event);
      return;
    }
  });
}
